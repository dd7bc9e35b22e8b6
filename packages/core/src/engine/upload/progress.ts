import type { Step } from '../step.js';

/** How often those who wait are told, in milliseconds. */
const everyMs = 100;

/** Counts the bytes of a transfer and tells those who wait, without a write to the store. */
export class TransferProgress {
  readonly #step: Step;
  readonly #total: number;
  #done: number;
  #toldAt = 0;

  constructor(step: Step, options: { done: number; total: number }) {
    this.#step = step;
    this.#done = options.done;
    this.#total = options.total;
  }

  readonly moved = (bytes: number): void => {
    this.#done += bytes;
    const now = this.#step.now;
    if (now - this.#toldAt < everyMs && this.#done < this.#total) return;
    this.#toldAt = now;
    const progress = { done: this.#done, total: this.#total, unit: 'bytes' } as const;
    this.#step.show({ ...this.#step.record, phase: 'transfer', progress });
  };
}
