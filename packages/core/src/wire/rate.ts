/** What an answer's headers say about when to come again. */
export interface RateReading {
  /** How long to wait before the next call, in milliseconds, as `Retry-After` says. */
  retryAfterMs?: number;
  /** Nothing is left of the allowance for so many milliseconds. */
  exhaustedForMs?: number;
}

type HeaderReader = (name: string) => string | undefined;

/**
 * Reads `Retry-After` (seconds or a date) and the usual rate headers (`X-RateLimit-Remaining`/`-Reset`, `RateLimit-*`). The reset is
 * seconds from now, or a Unix time in seconds or milliseconds: providers do not say which, so its size tells. Times of day are
 * compared with the answer's own `Date`, so a clock that is wrong on either side does no harm.
 */
export function readRate(header: HeaderReader, now: number): RateReading {
  const serverNow = parseDate(header('date')) ?? now;
  const retryAfterMs = readRetryAfter(header('retry-after'), serverNow);
  const remaining = parseNumber(header('x-ratelimit-remaining') ?? header('ratelimit-remaining'));
  const reset = parseNumber(header('x-ratelimit-reset') ?? header('ratelimit-reset'));
  const exhausted = remaining === 0 && reset !== undefined;
  return {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(exhausted && { exhaustedForMs: untilReset(reset, serverNow) }),
  };
}

/** Milliseconds until `reset`, which is a delay in seconds, or a Unix time in seconds or milliseconds, told apart by its size. */
export function untilReset(reset: number, now: number): number {
  const longestDelaySeconds = 100_000_000;
  const smallestMilliseconds = 100_000_000_000;
  if (reset < longestDelaySeconds) return Math.max(0, reset * 1_000);
  return Math.max(0, (reset < smallestMilliseconds ? reset * 1_000 : reset) - now);
}

function readRetryAfter(value: string | undefined, serverNow: number): number | undefined {
  const seconds = parseNumber(value);
  if (seconds !== undefined) return Math.max(0, seconds * 1_000);
  const date = parseDate(value);
  return date === undefined ? undefined : Math.max(0, date - serverNow);
}

function parseNumber(value: string | undefined): number | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function parseDate(value: string | undefined): number | undefined {
  const time = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
