import type { Clock } from '../wire/clock.js';

/** One alarm at a time: setting it again replaces it. */
export class Timer {
  readonly #clock: Clock;
  #callOff: () => void = () => undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `onTime` at `at` (epoch milliseconds), in place of what was set before. */
  set(at: number, onTime: () => void): void {
    if (at === this.#at) return;
    this.clear();
    this.#at = at;
    this.#callOff = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#at = Number.POSITIVE_INFINITY;
      onTime();
    });
  }

  /** The same, unless an earlier alarm is set. */
  setEarlier(at: number, onTime: () => void): void {
    if (at < this.#at) this.set(at, onTime);
  }

  clear(): void {
    this.#at = Number.POSITIVE_INFINITY;
    this.#callOff();
  }
}
