import { type CallFetch, callsOver } from '../../src/wire/call-fetch.js';
import { createHttp, type HttpOptions, type TraceEntry } from '../../src/wire/http.js';
import { ManualClock } from './manual-clock.js';

/** What calls go over. */
export type Over = { fetch: typeof fetch } | { calls: CallFetch };

/** The wire's one function with settings of a test: calls of a provider named `acme`. */
export function makeHttp({ over, ...options }: Partial<Omit<HttpOptions, 'fetch'>> & { over: Over }) {
  const clock = new ManualClock();
  const traced: TraceEntry[] = [];
  const http = createHttp({
    provider: 'acme',
    wire: { baseUrl: 'https://api.acme.example', headers: { authorization: 'Bearer sk-very-secret' } },
    clock,
    timeoutMs: 30_000,
    secrets: ['sk-very-secret'],
    signal: new AbortController().signal,
    trace: (entry) => traced.push(entry),
    ...options,
    fetch: 'calls' in over ? over.calls : callsOver(over.fetch),
  });
  return { http, clock, traced };
}
