import { SluiceError } from '../model/error.js';
import type { Warning } from '../model/record.js';
import { sourceScheme } from '../model/source.js';
import { timed } from '../wire/attempt.js';
import { connectionError } from '../wire/failure.js';
import type { Step } from './step.js';

const mostRedirects = 5;

/** The source's size in bytes before the start, or the reason why it cannot be seen from here. */
export async function measureSource(step: Step): Promise<{ size?: number } | { warning: Warning }> {
  const source = step.record.request?.source;
  const scheme = source === undefined ? undefined : sourceScheme(source);
  if (source?.kind !== 'url' || (scheme !== 'http' && scheme !== 'https')) {
    return { warning: unseen(`a size behind ${scheme ?? source?.kind} cannot be asked for from here`) };
  }
  try {
    const size = (await sizeBy(step, source.url, 'HEAD')) ?? (await sizeBy(step, source.url, 'GET'));
    return size === undefined ? { warning: unseen('the source does not tell its size') } : { size };
  } catch (error) {
    if (step.signals.stop.aborted) throw error;
    const { message } = connectionError(error, { provider: 'the source', effect: 'none', secrets: [] });
    return { warning: unseen(step.redact(message)) };
  }
}

function unseen(why: string): Warning {
  return { code: 'size-unseen', message: `expect.size was not held against the source before the start: ${why}` };
}

/** By HEAD, or by asking for the first byte alone where HEAD is refused or tells nothing. */
async function sizeBy(step: Step, url: string, method: 'HEAD' | 'GET'): Promise<number | undefined> {
  let target = url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const response = await ask(step, target, method);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return readSize(response, method);
    target = follow(location, target);
  }
  throw unreachable(`the source redirects more than ${mostRedirects} times`);
}

function follow(location: string, from: string): string {
  const next = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (next === undefined || !/^https?:$/.test(next.protocol)) throw unreachable('the source redirects to no http URL');
  return next.href;
}

function unreachable(message: string): SluiceError {
  return new SluiceError({ code: 'source-unreachable', message });
}

function ask(step: Step, url: string, method: 'HEAD' | 'GET'): Promise<Response> {
  const { engine, provider, signals } = step;
  const target = new URL(url);
  const headers = new Headers(method === 'GET' ? { range: 'bytes=0-0' } : {});
  // Compressed on the way, the length would be that of the compressed bytes.
  headers.set('accept-encoding', 'identity');
  if (target.username + target.password !== '') headers.set('authorization', basicCredentials(target));
  target.username = '';
  target.password = '';
  return timed(
    async (signal) => {
      const response = await engine.guardedFetch(target.href, { method, headers, redirect: 'manual', signal });
      await response.body?.cancel();
      return response;
    },
    {
      timeoutMs: provider.timeoutMs,
      signal: signals.stop,
      clock: engine.clock,
      timeoutError: () => unreachable('the source did not answer in time'),
    },
  );
}

/** Of a URL, where a per cent sign may stand for itself; in UTF-8, which btoa cannot read. */
function basicCredentials({ username, password }: URL): string {
  const [user, secret] = [username, password].map((text) => text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  const bytes = new TextEncoder().encode(`${decodeURIComponent(user ?? '')}:${decodeURIComponent(secret ?? '')}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function readSize({ status, ok, headers }: Response, method: 'HEAD' | 'GET'): number | undefined {
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') return undefined;
  const range = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1];
  // 416: there is no first byte in an empty file.
  if (range !== undefined && (status === 206 || status === 416)) return Number(range);
  const length = headers.get('content-length');
  if (!ok || status === 206 || length === null) return undefined;
  // An empty answer to HEAD often means "not told".
  return method === 'HEAD' && Number(length) === 0 ? undefined : Number(length);
}
