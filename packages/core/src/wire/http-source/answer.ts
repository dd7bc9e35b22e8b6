import { SluiceError } from '../../model/error.js';
import type { SourceAnswer } from '../../model/source-fetch.js';
import { readRate } from '../rate.js';

/** Bytes of the whole, as an answer tells it; undefined where it does not. */
export function toldSize(answer: SourceAnswer, method: 'HEAD' | 'GET'): number | undefined {
  const { status, header } = answer;
  if (isEncoded(answer)) return undefined;
  const range = readRange(answer);
  // 416: there is no first byte in an empty file.
  if (range?.total !== undefined && (status === 206 || status === 416)) return range.total;
  const length = Number(header('content-length') ?? Number.NaN);
  if (!isOk(answer) || status === 206 || !Number.isSafeInteger(length)) return undefined;
  // An empty answer to HEAD often means "not told".
  return method === 'HEAD' && length === 0 ? undefined : length;
}

/** True for a status that brings content. */
export function isOk({ status }: SourceAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Compressed on the way: its length is that of the compressed bytes, and no position in it means anything. */
export function isEncoded({ header }: SourceAnswer): boolean {
  return (header('content-encoding') ?? 'identity').trim().toLowerCase() !== 'identity';
}

/** A `Content-Range`; without `from` in an answer 416, without `total` where the far side does not know it. */
export function readRange({ header }: SourceAnswer): { from?: number; total?: number } | undefined {
  const [, from, total] = /^bytes\s+(?:(\d+)-\d+|\*)\/(\d+|\*)$/i.exec(header('content-range')?.trim() ?? '') ?? [];
  if (total === undefined) return undefined;
  return { ...(from !== undefined && { from: Number(from) }), ...(total !== '*' && { total: Number(total) }) };
}

/** What changes when the content does: a strong ETag, else the time of the last change. For `If-Range` too (RFC 9110, 13.1.5). */
export function validatorOf({ header }: SourceAnswer): string | undefined {
  const etag = header('etag')?.trim();
  return etag !== undefined && /^"[^"]*"$/.test(etag) ? etag : header('last-modified')?.trim();
}

/** The refusal of a source, in words. @param now epoch milliseconds */
export function refusedError(name: string, { status, header }: SourceAnswer, now: number): SluiceError {
  if (status === 401 || status === 403 || status === 407) {
    const advice = 'give credentials in the URL, or one whose signature has not run out';
    return new SluiceError({ code: 'auth', message: `${name} refuses access (HTTP ${status}); ${advice}`, status });
  }
  const passing = status === 408 || status === 425 || status === 429 || status >= 500;
  const gone = status === 404 || status === 410 ? 'is not there' : 'cannot be read';
  const { retryAfterMs } = readRate(header, now);
  return new SluiceError({
    code: 'source-unreachable',
    message: `${name} ${gone} (HTTP ${status})`,
    retry: passing ? 'later' : 'never',
    status,
    ...(passing && retryAfterMs !== undefined && { retryAfterMs }),
  });
}
