import { SluiceError } from '../model/error.js';
import { assertPublicHost } from '../wire/address.js';
import { callsOver } from '../wire/call-fetch.js';
import type { CreateCalls, CreateReadHttp, FetchOptions, PlatformFetch, Resolve, Sha256Hex } from './port.js';

/**
 * The runtime's own fetch. A guard by DNS is impossible here, so only literal addresses are refused; proxy and certificate
 * authorities belong to the runtime.
 */
export function createFetch(options: FetchOptions): PlatformFetch {
  if (options.proxy !== undefined || options.ca !== undefined) {
    throw new SluiceError({
      code: 'unsupported',
      message: 'network.proxy and network.ca need Node; this runtime has its own settings for them',
    });
  }
  return {
    fetch: async (input, init) => {
      if (options.guarded) assertPublicHost(new URL(input instanceof Request ? input.url : input).hostname);
      return globalThis.fetch(input, init);
    },
    close: async () => {},
  };
}

/** The runtime's own fetch is all there is. */
export const createCalls: CreateCalls = (_options, fetch) => ({ fetch: callsOver(fetch), close: async () => {} });

/** Names are the runtime's to look up: only literal addresses can be refused. */
export function createResolve({ guarded }: { guarded: boolean }): Resolve {
  return async (host) => {
    if (guarded) assertPublicHost(host);
    return host;
  };
}

export const sha256Hex: Sha256Hex = async (bytes) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

export { createBytePlane } from './web-bytes.js';

/** The runtime's own fetch is all there is. */
export const createReadHttp: CreateReadHttp = (_options, otherwise) => otherwise;
