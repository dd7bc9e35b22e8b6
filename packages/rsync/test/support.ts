import type { SourceContext } from '@sluice/core/adapter';

/** What a source is given; `clips.example` leads to this machine. */
export function context(more: Partial<SourceContext> = {}): SourceContext {
  return {
    signal: new AbortController().signal,
    resolve: async (host) => (host === 'clips.example' ? '127.0.0.1' : host),
    fetch: globalThis.fetch,
    read: () => Promise.reject(new Error('nothing here is read over http')),
    network: {},
    idleTimeoutMs: 5_000,
    ...more,
  };
}
