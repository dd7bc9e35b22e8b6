/** One control call: its body is at hand, and a redirect is an answer like any other. */
export interface CallInit {
  method: string;
  headers: Headers;
  redirect: 'manual';
  signal: AbortSignal;
  body?: string | URLSearchParams | FormData;
}

/** What control calls are made with: so much of a fetch as they need, hence any fetch will do. */
export type CallFetch = (url: string, init: CallInit) => Promise<Response>;
