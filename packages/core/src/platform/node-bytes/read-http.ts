import type { LookupFunction } from 'node:net';
import type { SourceFetch } from '../../model/source-fetch.js';
import { assertPublicHost } from '../../wire/address.js';
import { abortError } from '../../wire/clock.js';
import { onAbort } from '../../wire/on-abort.js';
import { authorities } from '../node-connections.js';
import { readBody } from './answer-body.js';
import { readHead, UnreadableAnswer } from './answer-head.js';
import { RawConnection } from './raw-connection.js';

/** What the reader of long answers is made of. */
export interface ReadHttpOptions {
  /** Refuses private addresses; absent where they are allowed. */
  lookup?: LookupFunction;
  /** PEM text of certificate authorities to trust besides the known ones. */
  ca?: string;
  /** Asked in its place where an answer is compressed, or of a kind that it does not know. */
  otherwise: SourceFetch;
}

/** Asks for long answers: over connections of its own, for speed. */
export function readHttp({ lookup, ca, otherwise }: ReadHttpOptions): SourceFetch {
  const trusted = authorities(ca);
  return async (request) => {
    const { url, headers, signal } = request;
    const target = new URL(url);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (lookup !== undefined) assertPublicHost(host);
    if (signal.aborted) throw abortError(signal);
    const secure = target.protocol === 'https:';
    const port = target.port === '' ? (secure ? 443 : 80) : Number(target.port);
    const connection = new RawConnection({ secure, host, port, ...(lookup && { lookup }), ...trusted });
    const forget = onAbort(signal, () => connection.destroy());
    try {
      connection.write(requestText(request.method, target, headers));
      const { head, rest } = await readHead(() => connection.next());
      const encoding = head.headers.get('content-encoding')?.toLowerCase() ?? 'identity';
      if (encoding !== 'identity') throw new UnreadableAnswer(`content encoding ${encoding}`);
      let first: Uint8Array | undefined = rest.byteLength > 0 ? rest : undefined;
      const next = async () => {
        const chunk = first ?? (await connection.next());
        first = undefined;
        return chunk;
      };
      const body = request.method === 'HEAD' ? undefined : readBody(head, next);
      return {
        status: head.status,
        header: (name) => head.headers.get(name.toLowerCase()),
        body,
        discard: () => connection.destroy(),
      };
    } catch (error) {
      connection.destroy();
      if (signal.aborted) throw abortError(signal);
      if (error instanceof UnreadableAnswer) return otherwise(request);
      throw error;
    } finally {
      forget();
    }
  };
}

/** Headers come from us; in the URL, whatever could end the line is encoded. */
function requestText(method: string, { host, pathname, search }: URL, headers: Record<string, string>): string {
  const lines = Object.entries({ host, connection: 'close', accept: '*/*', 'user-agent': 'node', ...headers });
  const text = lines.map(([name, value]) => `${name}: ${value.replace(/[\r\n\0]/g, ' ')}\r\n`).join('');
  return `${method} ${pathname}${search} HTTP/1.1\r\n${text}\r\n`;
}
