import { SluiceError } from '../../model/error.js';
import { redactUrl } from '../../model/redact.js';
import type { SourceAnswer, SourceFetch } from '../../model/source-fetch.js';
import { timed } from '../attempt.js';
import { type Clock, systemClock } from '../clock.js';
import { connectionError } from '../failure.js';

const mostRedirects = 5;

/** How a source is asked. */
export interface AskOptions {
  fetch: SourceFetch;
  /** For the head of one answer, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
  clock?: Clock;
}

/** Asks a URL, which may hold credentials, and where it redirects to: each place under the guard of `fetch`. */
export async function askSource(
  request: { method: 'HEAD' | 'GET'; url: string; headers?: Record<string, string> },
  options: AskOptions,
): Promise<SourceAnswer> {
  let target = request.url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const answer = await askOnce({ ...request, url: target }, options);
    const location = answer.header('location');
    if (answer.status < 300 || answer.status >= 400 || location === undefined) return answer;
    answer.discard();
    target = follow(location, target);
  }
  throw unreachable(`${redactUrl(request.url)} redirects more than ${mostRedirects} times`, 'never');
}

async function askOnce(
  request: { method: 'HEAD' | 'GET'; url: string; headers?: Record<string, string> },
  { fetch, timeoutMs, signal, clock = systemClock }: AskOptions,
): Promise<SourceAnswer> {
  const target = new URL(request.url);
  // Compressed on the way, the length would be that of the compressed bytes.
  const headers: Record<string, string> = { ...request.headers, 'accept-encoding': 'identity' };
  if (target.username + target.password !== '') headers.authorization = basicCredentials(target);
  target.username = '';
  target.password = '';
  target.hash = '';
  const name = redactUrl(request.url);
  try {
    return await timed(
      (attempt) => fetch({ method: request.method, url: target.href, headers, signal: attempt.signal }),
      {
        timeoutMs,
        signal,
        clock,
        timeoutError: () => unreachable(`${name} did not answer within ${timeoutMs / 1_000} s`, 'later'),
      },
    );
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message, retry } = connectionError(error, { provider: name, effect: 'none', secrets: [] });
    throw new SluiceError({ code: code === 'unavailable' ? 'source-unreachable' : code, message, retry, cause: error });
  }
}

function follow(location: string, from: string): string {
  const next = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (next === undefined || !/^https?:$/.test(next.protocol)) {
    throw unreachable(`${redactUrl(from)} redirects to no http URL`, 'never');
  }
  return next.href;
}

function unreachable(message: string, retry: 'never' | 'later'): SluiceError {
  return new SluiceError({ code: 'source-unreachable', message, retry });
}

/** Of a URL, where a per cent sign may stand for itself; in UTF-8, which btoa cannot read. */
function basicCredentials({ username, password }: URL): string {
  const [user, secret] = [username, password].map((text) => text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  const bytes = new TextEncoder().encode(`${decodeURIComponent(user ?? '')}:${decodeURIComponent(secret ?? '')}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
