import type { SourceFetch } from '../model/source-fetch.js';
import type { CallFetch } from '../wire/call-fetch.js';

/** The port to the outside. `#platform` in package.json chooses node.ts or web.ts. */

/** What a fetch is made for. */
export interface FetchOptions {
  /** Refuse private addresses: for every URL that is not configured by the application itself. */
  guarded: boolean;
  /** URL of an HTTP proxy. */
  proxy?: string;
  /** PEM text of certificate authorities to trust besides the known ones. */
  ca?: string;
}

/** The address to connect to for a host. @throws SluiceError for a private one where it is guarded */
export type Resolve = (host: string) => Promise<string>;

/** Lower-case hex of the SHA-256 of a few bytes. */
export type Sha256Hex = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

/** A fetch and what lets go of its sockets. */
export interface PlatformFetch {
  fetch: typeof fetch;
  close(): Promise<void>;
}

/** Makes control calls and lets go of their sockets. */
export interface PlatformCalls {
  fetch: CallFetch;
  close(): Promise<void>;
}

/** The fastest way of making control calls that there is; over `otherwise` where there is no other. */
export type CreateCalls = (options: Omit<FetchOptions, 'guarded'>, otherwise: typeof fetch) => PlatformCalls;

/** Makes what asks for the content of http sources, the fastest way that there is; `otherwise` where there is no other. */
export type CreateReadHttp = (options: FetchOptions, otherwise: SourceFetch) => SourceFetch;
