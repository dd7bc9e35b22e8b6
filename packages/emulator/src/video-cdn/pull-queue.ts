import type { HeldFile } from './cdn-file.js';

/** The files that wait to be pulled: the highest priority first, and among equals the one that came first. */
export class PullQueue {
  readonly #pull: (file: HeldFile) => Promise<void>;
  readonly #waiting = new Set<HeldFile>();
  readonly #begun: string[] = [];
  #pulls: number;
  #running = 0;

  /** @param pull never rejects */
  constructor(pulls: number, pull: (file: HeldFile) => Promise<void>) {
    this.#pulls = pulls;
    this.#pull = pull;
  }

  get running(): number {
    return this.#running;
  }

  add(file: HeldFile): void {
    this.#waiting.add(file);
    this.#fill();
  }

  /** Takes a file out that waits no longer; one that is being pulled is not in it. */
  drop(file: HeldFile): void {
    this.#waiting.delete(file);
  }

  /** How many are pulled at once from now on. */
  setPulls(pulls: number): void {
    if (!Number.isInteger(pulls) || pulls < 0) throw new RangeError(`pulls: 0 or more, not ${pulls}`);
    this.#pulls = pulls;
    this.#fill();
  }

  /** The names of those that wait, the next one first. */
  waiting(): string[] {
    return [...this.#waiting].sort((a, b) => b.shown.priority - a.shown.priority).map(({ shown }) => shown.name);
  }

  /** The names of those that were begun, in that order. */
  begun(): string[] {
    return [...this.#begun];
  }

  #fill(): void {
    while (this.#running < this.#pulls) {
      const next = this.#next();
      if (next === undefined) return;
      this.#waiting.delete(next);
      this.#begun.push(next.shown.name);
      this.#running += 1;
      void this.#pull(next).finally(() => {
        this.#running -= 1;
        this.#fill();
      });
    }
  }

  #next(): HeldFile | undefined {
    let best: HeldFile | undefined;
    for (const file of this.#waiting) {
      if (best === undefined || file.shown.priority > best.shown.priority) best = file;
    }
    return best;
  }
}
