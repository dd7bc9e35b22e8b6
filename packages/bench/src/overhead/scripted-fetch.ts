import type { FixedProvider } from './fixed-provider.js';

/** A fetch without a network: what is left is the work of whoever calls it. */
export function scriptedFetch(provider: FixedProvider): typeof fetch {
  return async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const text = provider.answer(request.method, request.url);
    return new Response(text, {
      headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) },
    });
  };
}
