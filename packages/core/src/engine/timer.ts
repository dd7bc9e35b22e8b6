import type { Clock } from '../wire/clock.js';

/** One alarm at a time: setting it again replaces it. */
export class Timer {
  readonly #clock: Clock;
  #pause: AbortController | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `onTime` at `at` (epoch milliseconds), in place of what was set before. */
  set(at: number, onTime: () => void): void {
    if (at === this.#at) return;
    this.clear();
    const pause = new AbortController();
    this.#pause = pause;
    this.#at = at;
    this.#clock.sleep(Math.max(0, at - this.#clock.now()), pause.signal).then(
      () => {
        // Cleared or replaced after the sleep had ended, but before this was run.
        if (this.#pause !== pause || pause.signal.aborted) return;
        this.#at = Number.POSITIVE_INFINITY;
        onTime();
      },
      () => undefined,
    );
  }

  /** The same, unless an earlier alarm is set. */
  setEarlier(at: number, onTime: () => void): void {
    if (at < this.#at) this.set(at, onTime);
  }

  clear(): void {
    this.#at = Number.POSITIVE_INFINITY;
    this.#pause?.abort();
  }
}
