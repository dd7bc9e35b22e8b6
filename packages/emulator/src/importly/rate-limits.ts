import type { HurriedClock } from '../clock/clock.js';
import { SlidingWindow } from '../server/sliding-window.js';
import type { ResolvedImportlySettings } from './settings.js';

/** The windows that are counted apart. */
export type ImportlyWindow = 'starts' | 'statuses' | 'metadata';

/** What the rate limit says to one request. */
export interface RateVerdict {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Real ms since the epoch, whole seconds ahead: a client has only its own clock to wait by. */
  reset: number;
  /** Real seconds. */
  retryAfter: number;
  /** Such as "1 h". */
  window: string;
}

/**
 * Importly's rate limits: strict counts in windows that slide on the provider's clock. A refused request takes nothing
 * from the window.
 */
export class RateLimits {
  readonly #clock: HurriedClock;
  readonly #settings: ResolvedImportlySettings;
  readonly #admitted: Record<ImportlyWindow, SlidingWindow>;

  constructor(clock: HurriedClock, settings: ResolvedImportlySettings) {
    this.#clock = clock;
    this.#settings = settings;
    const { starts, statuses, metadata } = settings.limits;
    this.#admitted = {
      starts: new SlidingWindow(starts.windowMs),
      statuses: new SlidingWindow(statuses.windowMs),
      metadata: new SlidingWindow(metadata.windowMs),
    };
  }

  /** Takes a place in the window, if there is one. */
  admit(name: ImportlyWindow): RateVerdict {
    const now = this.#clock.now();
    const window = this.#admitted[name];
    const allowed = window.count(now) < this.#settings.limits[name].max;
    if (allowed) window.add(now);
    return { ...this.look(name), allowed };
  }

  /** How things stand, taking nothing. */
  look(name: ImportlyWindow): RateVerdict {
    const now = this.#clock.now();
    const window = this.#admitted[name];
    const { max, windowMs } = this.#settings.limits[name];
    const used = window.count(now);
    const waitMs = this.#clock.realMs(window.resetAt(now) - now);
    return {
      allowed: used < max,
      limit: max,
      remaining: Math.max(0, max - used),
      reset: Math.ceil(Date.now() + waitMs),
      retryAfter: Math.max(1, Math.ceil(waitMs / 1000)),
      window: windowWords(windowMs),
    };
  }

  /** The headers that all answers carry; none in the fast lane. */
  headers(verdict: RateVerdict): Record<string, string> {
    if (!this.#settings.limited) return {};
    const inSeconds = this.#settings.resetHeaderUnit === 's';
    return {
      'x-ratelimit-limit': String(verdict.limit),
      'x-ratelimit-remaining': String(verdict.remaining),
      'x-ratelimit-reset': String(inSeconds ? Math.ceil(verdict.reset / 1000) : verdict.reset),
      'x-ratelimit-window': verdict.window,
    };
  }
}

/** A window's length as the page writes it: "1 h". */
function windowWords(windowMs: number): string {
  const units: [string, number][] = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ];
  const [unit, length] = units.find(([, ms]) => windowMs % ms === 0) ?? ['ms', 1];
  return `${windowMs / length} ${unit}`;
}
