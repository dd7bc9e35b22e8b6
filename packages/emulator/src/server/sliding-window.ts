/** Counts what happened within the last `windowMs`, and the most that there ever was in such a window. */
export class SlidingWindow {
  readonly windowMs: number;
  #times: number[] = [];
  /** Where the window begins in `#times`: cheaper than moving the list at each event. */
  #head = 0;
  #peak = 0;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  /** The most events in any window so far. */
  get peak(): number {
    return this.#peak;
  }

  /** How many there are in the window that ends now. An event leaves exactly `windowMs` after it came. */
  count(now: number): number {
    let oldest = this.#times[this.#head];
    while (oldest !== undefined && oldest <= now - this.windowMs) {
      this.#head += 1;
      oldest = this.#times[this.#head];
    }
    if (this.#head > 1024 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
    return this.#times.length - this.#head;
  }

  add(now: number): void {
    this.#times.push(now);
    this.#peak = Math.max(this.#peak, this.count(now));
  }

  /** When the oldest event leaves the window; the window's whole length from now, where it is empty. */
  resetAt(now: number): number {
    this.count(now);
    return (this.#times[this.#head] ?? now) + this.windowMs;
  }
}
