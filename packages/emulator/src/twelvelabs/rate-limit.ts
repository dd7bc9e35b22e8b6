import type { HurriedClock } from '../clock/clock.js';
import { SlidingWindow } from '../server/sliding-window.js';
import type { ResolvedTwelvelabsSettings } from './settings.js';

/** How many calls a key may make: a strict count in a window that slides on the provider's clock. */
export class RateLimit {
  readonly #clock: HurriedClock;
  readonly #limits: Exclude<ResolvedTwelvelabsSettings['limits'], 'none'> | undefined;
  readonly #window: SlidingWindow;

  constructor(clock: HurriedClock, limits: ResolvedTwelvelabsSettings['limits']) {
    this.#clock = clock;
    this.#limits = limits === 'none' ? undefined : limits;
    this.#window = new SlidingWindow(limits === 'none' ? 1 : limits.windowMs);
  }

  /** Takes a place in the window; false where there is none. */
  admit(): boolean {
    if (this.#limits === undefined) return true;
    const now = this.#clock.now();
    if (this.#window.count(now) >= this.#limits.max) return false;
    this.#window.add(now);
    return true;
  }

  /** The headers of every answer, its `Date` among them: the reset is a time of the same clock, in epoch seconds. */
  headers(): Record<string, string> {
    const now = this.#clock.now();
    const date = { date: new Date(now).toUTCString() };
    if (this.#limits === undefined) return date;
    const used = this.#window.count(now);
    // A client waits in real time.
    const reset = now + this.#clock.realMs(this.#window.resetAt(now) - now);
    return {
      ...date,
      'x-ratelimit-limit': String(this.#limits.max),
      'x-ratelimit-used': String(used),
      'x-ratelimit-remaining': String(Math.max(0, this.#limits.max - used)),
      'x-ratelimit-reset': String(Math.ceil(reset / 1000)),
    };
  }
}
