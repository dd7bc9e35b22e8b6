import { createHttp, type HttpOptions, type TraceEntry } from '../../src/wire/http.js';
import { ManualClock } from './manual-clock.js';

/** The wire's one function with settings of a test: calls of a provider named `acme`. */
export function makeHttp(options: Partial<HttpOptions> & Pick<HttpOptions, 'fetch'>) {
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
  });
  return { http, clock, traced };
}
