import type { JobRecord } from '../model/record.js';
import type { Provider } from './providers.js';

const backoff = { firstMs: 500, longestMs: 30_000 };
const stretch = { factor: 1.5, most: 10 };

/** When to try again after the `failures`-th failed call in a row: doubling, with full jitter, unless the provider said when. */
export function retryAt(now: number, failures: number, retryAfterMs: number | undefined): number {
  const ceiling = Math.min(backoff.longestMs, backoff.firstMs * 2 ** Math.max(0, failures - 1));
  // A little on top, so that many who were told the same moment do not all come in it.
  if (retryAfterMs !== undefined) return now + retryAfterMs + Math.random() * Math.min(1_000, retryAfterMs / 10);
  return now + Math.max(backoff.firstMs / 10, Math.random() * ceiling);
}

/** When to look again: as the provider says, else the poll interval, stretched while nothing changes. */
export function lookAt(
  record: JobRecord,
  provider: Provider,
  options: { now: number; nextLookMs?: number | undefined },
): number {
  const factor = Math.min(stretch.most, stretch.factor ** record.idleLooks);
  const at = options.now + (options.nextLookMs ?? provider.pollIntervalMs * factor);
  return Math.min(at, record.deadlineAt ?? at);
}
