import pLimit from 'p-limit';
import { abortError } from '../wire/clock.js';

/** Lets so many through at once; the others wait in the order in which they came. */
export class Turnstile {
  readonly #limit: ReturnType<typeof pLimit>;

  constructor(atOnce: number) {
    this.#limit = pLimit(atOnce);
  }

  /** @returns what ends the stay; rejects with `aborted` when the signal fires first */
  take(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(abortError(signal));
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      void this.#limit(
        () =>
          new Promise<void>((leave) => {
            signal.removeEventListener('abort', onAbort);
            if (signal.aborted) leave();
            else resolve(leave);
          }),
      );
    });
  }
}
