import type { JobRecord } from '../../model/record.js';
import { filesOf, nextFile } from '../put/files.js';
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
    const { before, after } = otherFiles(step.record);
    this.#done = before + options.done;
    this.#total = before + options.total + after;
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

/** Of files that go into a bucket: the bytes of those that were come to, and of those that still will be, as far as they are known. */
function otherFiles(record: JobRecord): { before: number; after: number } {
  if (record.put === undefined) return { before: 0, after: 0 };
  const before = record.put.files.reduce((sum, file) => sum + ('size' in file ? file.size : 0), 0);
  const done = new Set([...record.put.files.map(({ name }) => name), nextFile(record)?.name]);
  const later = filesOf(record).filter(({ name }) => !done.has(name));
  return { before, after: later.reduce((sum, { source }) => sum + ('size' in source ? source.size : 0), 0) };
}
