import { createHash } from 'node:crypto';
import { type LookupAddress, lookup } from 'node:dns';
import { lookup as lookupNow } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';
import { SluiceError } from '../model/error.js';
import type { SourceFetch } from '../model/source-fetch.js';
import { assertPublicHost, isPrivateAddress, privateAddressError } from '../wire/address.js';
import { callsOver } from '../wire/call-fetch.js';
import { authorities, connectTimeoutMs } from './node-connections.js';
import { isOwnFetch } from './own-fetch.js';
import type {
  CreateCalls,
  CreateReadHttp,
  FetchOptions,
  PlatformCalls,
  PlatformFetch,
  Resolve,
  Sha256Hex,
} from './port.js';

/** Each attempt has a time-out of its own, which may be longer than undici's 300 s. */
const patience = { headersTimeout: 0, bodyTimeout: 0 };

/**
 * Node's own fetch over an undici dispatcher of ours: its DNS look-up refuses private addresses at the moment of connecting, so
 * that a name cannot change its mind between a check and the connection; proxy and certificate authorities ride along.
 */
export function createFetch(options: FetchOptions): PlatformFetch {
  let loading: Promise<Dispatcher> | undefined;
  const dispatcher = () => {
    loading ??= createDispatcher(options);
    return loading;
  };
  return {
    fetch: async (input, init) => {
      if (options.guarded) await guard(new URL(input instanceof Request ? input.url : input).hostname, options);
      const answer = globalThis.fetch(input, Object.assign({}, init, { dispatcher: await dispatcher() }));
      return options.proxy === undefined ? answer : answer.catch(throwProxyError);
    },
    close: async () => {
      if (loading !== undefined) await (await loading).destroy();
    },
  };
}

/**
 * Over node:http, loaded at the first call; through a proxy as everything else goes. An application that puts another fetch in
 * the place of the platform's, before this is loaded or after, wants it to be asked.
 */
export const createCalls: CreateCalls = ({ proxy, ca }, fetch) => {
  const otherwise = callsOver(fetch);
  if (proxy !== undefined) return { fetch: otherwise, close: async () => {} };
  let loading: Promise<PlatformCalls> | undefined;
  const load = () => {
    loading ??= import('./node-calls/create.js').then(({ createNodeCalls }) =>
      createNodeCalls({ ...(ca !== undefined && { ca }) }),
    );
    return loading;
  };
  return {
    fetch: async (url, init) => {
      if (!isOwnFetch()) return otherwise(url, init);
      return (await load()).fetch(url, init);
    },
    close: async () => {
      if (loading !== undefined) await (await loading).close();
    },
  };
};

/** A proxy that does not let us through has not passed anything on: the error says so, for calls that count. */
function throwProxyError(error: unknown): never {
  let status: string | undefined;
  for (let cause = error; cause instanceof Error && status === undefined; cause = cause.cause) {
    status = /^Proxy response \((\d+)\)/.exec(cause.message)?.[1];
  }
  if (status === undefined) throw error;
  throw new SluiceError({
    code: 'unavailable',
    message: `network.proxy: the proxy answers ${status} and makes no connection; nothing was sent`,
  });
}

/** A literal address never reaches the look-up, and behind a proxy nothing does: these are checked here. */
async function guard(host: string, options: FetchOptions): Promise<void> {
  assertPublicHost(host);
  if (options.proxy === undefined) return;
  // A name that only the proxy can resolve is the proxy's to judge: it is configured, hence trusted.
  const addresses = await lookupNow(host, { all: true }).catch((): LookupAddress[] => []);
  if (addresses.some(({ address }) => isPrivateAddress(address))) throw privateAddressError(host);
}

async function createDispatcher(options: FetchOptions): Promise<Dispatcher> {
  // Loaded at the first call: it takes longer to load than the rest of the package together.
  const { Agent, ProxyAgent } = await import('undici');
  const trusted = authorities(options.ca);
  if (options.proxy !== undefined)
    return new ProxyAgent({ ...patience, uri: options.proxy, requestTls: trusted, proxyTls: trusted });
  return new Agent({
    ...patience,
    connect: { timeout: connectTimeoutMs, ...trusted, ...(options.guarded && { lookup: publicLookup }) },
  });
}

const publicLookup: LookupFunction = (host, lookupOptions, callback) => {
  lookup(host, { ...lookupOptions, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '');
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(privateAddressError(host), '');
    }
    return lookupOptions.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

/** One look-up, of which all addresses must be public: what is connected to is what was judged. */
export function createResolve({ guarded }: { guarded: boolean }): Resolve {
  return async (host) => {
    if (guarded) assertPublicHost(host);
    const addresses = await lookupNow(host.replace(/^\[|\]$/g, ''), { all: true }).catch((cause: unknown) => {
      throw new SluiceError({ code: 'source-unreachable', message: `${host} has no address`, retry: 'later', cause });
    });
    const [first] = addresses;
    if (first === undefined) throw new SluiceError({ code: 'source-unreachable', message: `${host} has no address` });
    if (guarded && addresses.some(({ address }) => isPrivateAddress(address))) throw privateAddressError(host);
    return first.address;
  };
}

/** At once: what the runtime's own way hands to another thread takes longer to hand over than to do. */
export const sha256Hex: Sha256Hex = async (bytes) => createHash('sha256').update(bytes).digest('hex');

export { createBytePlane } from './lazy-bytes.js';

/** Over connections of its own, loaded at the first one; through a proxy as everything else goes. */
export const createReadHttp: CreateReadHttp = ({ guarded, proxy, ca }, otherwise) => {
  if (proxy !== undefined) return otherwise;
  let loading: Promise<SourceFetch> | undefined;
  const load = () => {
    loading ??= import('./node-bytes/read-http.js').then(({ readHttp }) =>
      readHttp({ otherwise, ...(guarded && { lookup: publicLookup }), ...(ca !== undefined && { ca }) }),
    );
    return loading;
  };
  return async (request) => (await load())(request);
};
