import type { JobRecord } from '../model/record.js';
import { boundedWait } from '../wire/rate.js';
import type { Provider } from './providers.js';

/** The longest pause between two attempts that nobody else named, in milliseconds. */
export const longestRetryMs = 30_000;
const backoff = { firstMs: 500, longestMs: longestRetryMs };
const soonestLookMs = 100;
const stretch = { factor: 1.5, most: 10 };

/** When to try again after the `failures`-th failed call in a row: doubling, with full jitter, unless the provider said when. */
export function retryAt(now: number, failures: number, retryAfterMs: number | undefined): number {
  const ceiling = Math.min(backoff.longestMs, backoff.firstMs * 2 ** Math.max(0, failures - 1));
  const ownMs = Math.max(backoff.firstMs / 10, Math.random() * ceiling);
  if (retryAfterMs === undefined) return now + ownMs;
  // A little on top, so that many who were told the same moment do not all come in it; "at once" is not believed twice.
  return now + (retryAfterMs === 0 ? ownMs : retryAfterMs + Math.random() * Math.min(1_000, retryAfterMs / 10));
}

/** When to look again: as the provider says, else the poll interval, stretched while nothing changes. */
export function lookAt(
  record: JobRecord,
  provider: Provider,
  options: { now: number; nextLookMs?: number | undefined },
): number {
  const factor = Math.min(stretch.most, stretch.factor ** record.idleLooks);
  const told = boundedWait(options.nextLookMs);
  // Told "at once", over and over, it would be a busy loop.
  const waitMs = told === undefined ? provider.pollIntervalMs * factor : Math.max(told, soonestLookMs);
  return Math.min(options.now + waitMs, record.deadlineAt ?? Number.POSITIVE_INFINITY);
}
