import { abortError } from '../wire/clock.js';

interface Sleeper {
  at: number;
  wake: () => void;
}

/** Who waits for a moment of a clock that is not the machine's. All moments are epoch milliseconds. */
export class Sleepers {
  readonly #sleepers = new Set<Sleeper>();

  get size(): number {
    return this.#sleepers.size;
  }

  /** Resolves when it is woken, rejects with `aborted` as soon as the signal fires. */
  until(at: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal));
      const onAbort = () => {
        leave();
        reject(abortError(signal));
      };
      const leave = this.at(at, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Calls `onTime` when it is woken. @returns what calls it off */
  at(at: number, onTime: () => void): () => void {
    const sleeper = { at, wake: onTime };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  /** When the first one wakes, and among equals who came first; undefined where nobody sleeps. */
  first(): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const one of this.#sleepers) if (first === undefined || one.at < first.at) first = one;
    return first;
  }

  wake(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
    sleeper.wake();
  }
}
