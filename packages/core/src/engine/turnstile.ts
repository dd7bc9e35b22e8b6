import { abortError } from '../wire/clock.js';

/** Lets so many through at once; the others wait in the order in which they came. */
export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #onRoom: () => void = () => undefined;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Somebody would be let in at once. */
  get hasRoom(): boolean {
    return this.#free > 0;
  }

  /** Told whenever a place is free that nobody waits for here. */
  onRoom(listener: () => void): void {
    this.#onRoom = listener;
  }

  /** @returns what ends the stay; undefined where it would have to wait */
  tryTake(): (() => void) | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    return () => this.#leave();
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
    if (next !== undefined) {
      next();
      return;
    }
    this.#free += 1;
    this.#onRoom();
  }
}
