import { abortError } from '../wire/clock.js';

/** Lets so many through at once; the others wait in the order in which they came. */
export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** @returns what ends the stay; rejects with `aborted` when the signal fires first */
  take(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(abortError(signal));
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(abortError(signal));
      };
      const enter = () => {
        signal.removeEventListener('abort', onAbort);
        resolve(() => this.#leave());
      };
      if (this.#free > 0) {
        this.#free -= 1;
        return enter();
      }
      this.#waiting.push(enter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
