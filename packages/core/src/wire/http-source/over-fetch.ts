import type { SourceFetch } from '../../model/source-fetch.js';
import { onAbort } from '../on-abort.js';

/** Asks sources over a fetch, wherever there is one. */
export function overFetch(fetch: typeof globalThis.fetch): SourceFetch {
  return async ({ method, url, headers, signal }) => {
    const connection = new AbortController();
    const forget = onAbort(signal, () => connection.abort(signal.reason));
    const response = await fetch(url, { method, headers, redirect: 'manual', signal: connection.signal }).finally(
      forget,
    );
    return {
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body: response.body === null ? undefined : chunksOf(response.body),
      discard: () => connection.abort(),
    };
  };
}

/** By its reader: not every runtime's streams can be iterated. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
