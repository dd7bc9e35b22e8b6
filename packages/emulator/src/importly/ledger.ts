import type { HurriedClock } from '../clock/clock.js';
import { SlidingWindow } from '../server/sliding-window.js';
import type { ImportlyWindow } from './rate-limits.js';
import type { ResolvedImportlySettings } from './settings.js';

/** What came in, counted by the provider's own clock. */
export interface ImportlyCounts {
  /** Every POST /import that arrived, refused and broken ones too. */
  starts: number;
  /** The imports that exist because of them. */
  startsAccepted: number;
  /** Status requests that arrived, of imports and of metadata. */
  statuses: number;
  /** Metadata requests that arrived. */
  metadata: number;
  /** Requests that a limit refused; faults do not count. */
  refused429: number;
  /** The most imports that were queued or running at once. */
  peakConcurrent: number;
  /** The most metadata jobs that were queued or running at once. */
  peakConcurrentMetadata: number;
  /** The most requests that arrived within any one window. */
  perWindowPeak: Record<ImportlyWindow, number>;
}

/** One request as it came. */
export interface ImportlyRequest {
  /** Real time, ms since the epoch. */
  time: number;
  method: string;
  /** Such as `/import/status`. */
  endpoint: string;
  /** The parameters of the query or of the JSON body. */
  parameters: unknown;
  /** The status answered, or `null` where no answer was given. */
  status: number | null;
}

/** Remembers what the emulated Importly was asked. */
export class Ledger {
  readonly #clock: HurriedClock;
  readonly #keep: number;
  readonly #arrivals: Record<ImportlyWindow, SlidingWindow>;
  readonly #requests: ImportlyRequest[] = [];
  readonly #totals: Record<ImportlyWindow, number> = { starts: 0, statuses: 0, metadata: 0 };
  startsAccepted = 0;
  refused429 = 0;
  peakConcurrent = 0;
  peakConcurrentMetadata = 0;

  constructor(clock: HurriedClock, { limits, keepRequests }: ResolvedImportlySettings) {
    this.#clock = clock;
    this.#keep = keepRequests;
    this.#arrivals = {
      starts: new SlidingWindow(limits.starts.windowMs),
      statuses: new SlidingWindow(limits.statuses.windowMs),
      metadata: new SlidingWindow(limits.metadata.windowMs),
    };
  }

  arrived(window: ImportlyWindow): void {
    this.#totals[window] += 1;
    this.#arrivals[window].add(this.#clock.now());
  }

  answered(request: Omit<ImportlyRequest, 'time'>): void {
    if (this.#keep === 0) return;
    this.#requests.push({ time: Date.now(), ...request });
    if (this.#requests.length >= this.#keep * 2) this.#requests.splice(0, this.#requests.length - this.#keep);
  }

  /** The newest requests, oldest first. */
  requests(): ImportlyRequest[] {
    return this.#keep === 0 ? [] : this.#requests.slice(-this.#keep);
  }

  counts(): ImportlyCounts {
    const { starts, statuses, metadata } = this.#arrivals;
    return {
      ...this.#totals,
      startsAccepted: this.startsAccepted,
      refused429: this.refused429,
      peakConcurrent: this.peakConcurrent,
      peakConcurrentMetadata: this.peakConcurrentMetadata,
      perWindowPeak: { starts: starts.peak, statuses: statuses.peak, metadata: metadata.peak },
    };
  }
}
