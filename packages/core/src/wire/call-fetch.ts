import { platformSignal, type StopSignal } from './stop.js';

/** One control call: its body is at hand, and a redirect is an answer like any other. */
export interface CallInit {
  method: string;
  headers: Headers;
  redirect: 'manual';
  signal: StopSignal;
  body?: string | URLSearchParams | FormData;
}

/** What control calls are made with. */
export type CallFetch = (url: string, init: CallInit) => Promise<Response>;

/** Control calls over a fetch, which takes no other signal than the platform's. */
export function callsOver(fetch: typeof globalThis.fetch): CallFetch {
  return (url, { signal, ...init }) => fetch(url, { ...init, signal: platformSignal(signal) });
}
