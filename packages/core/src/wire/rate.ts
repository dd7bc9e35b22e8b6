/** What an answer's headers say about when to come again. */
export interface RateReading {
  /** How long to wait before the next call, in milliseconds, as `Retry-After` says. */
  retryAfterMs?: number;
  /** Nothing is left of the allowance for so many milliseconds. */
  exhaustedForMs?: number;
}

type HeaderReader = (name: string) => string | undefined;

/** Who is told to come later than this asks again after it: a wait in the wrong unit must not stop a lane for years. */
const longestWaitMs = 24 * 3_600_000;

/** A wait that somebody else named, in milliseconds, kept to what can be waited for; undefined for what is no time. */
export function boundedWait(ms: number | undefined): number | undefined {
  return ms === undefined || Number.isNaN(ms) ? undefined : Math.min(longestWaitMs, Math.max(0, ms));
}

/**
 * Reads `Retry-After` (seconds or a date) and the usual rate headers (`X-RateLimit-Remaining`/`-Reset`, `RateLimit-*`). The reset is
 * seconds from now, or a Unix time in seconds or milliseconds: providers do not say which, so its size tells. Times of day are
 * compared with the answer's own `Date`, so a clock that is wrong on either side does no harm.
 */
export function readRate(header: HeaderReader, now: number): RateReading {
  const serverNow = parseDate(header('date')) ?? now;
  const retryAfterMs = boundedWait(readRetryAfter(header('retry-after'), serverNow));
  const remaining = parseNumber(header('x-ratelimit-remaining') ?? header('ratelimit-remaining'));
  const reset = parseNumber(header('x-ratelimit-reset') ?? header('ratelimit-reset'));
  const exhaustedForMs = remaining === 0 && reset !== undefined ? boundedWait(untilReset(reset, serverNow)) : undefined;
  return {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(exhaustedForMs !== undefined && { exhaustedForMs }),
  };
}

/** Milliseconds until `reset`, which is a delay in seconds, or a Unix time in seconds or milliseconds, told apart by its size. */
function untilReset(reset: number, now: number): number {
  const longestDelaySeconds = 100_000_000;
  const smallestMilliseconds = 100_000_000_000;
  if (reset < longestDelaySeconds) return reset * 1_000;
  return (reset < smallestMilliseconds ? reset * 1_000 : reset) - now;
}

function readRetryAfter(value: string | undefined, serverNow: number): number | undefined {
  const seconds = parseNumber(value);
  if (seconds !== undefined) return seconds * 1_000;
  const date = parseDate(value);
  return date === undefined ? undefined : date - serverNow;
}

function parseNumber(value: string | undefined): number | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** An HTTP date, or ISO 8601 in UTC. Date.parse alone finds a date in almost any text, and takes it for local time. */
function parseDate(value: string | undefined): number | undefined {
  const time = value !== undefined && /(\bGMT|\dZ)$/.test(value.trim()) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
