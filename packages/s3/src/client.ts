import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { Endpoint, Keys } from './place.js';

/** A client of the SDK that reaches the network through a fetch. */
export function makeClient(
  { url, region, pathStyle }: Endpoint,
  keys: Keys | undefined,
  { fetch, maxAttempts }: { fetch: typeof globalThis.fetch; maxAttempts: number },
): S3Client {
  return new S3Client({
    endpoint: url,
    region,
    forcePathStyle: pathStyle,
    // Without keys nothing is signed: the object is everybody's, or it is refused.
    ...(keys === undefined
      ? { credentials: noKeys, signer: { sign: async (request) => request } }
      : { credentials: keys }),
    maxAttempts,
    // Third-party stores refuse the checksums that the SDK adds by itself, and presigned PUTs would carry that of an empty body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: overFetch(fetch),
  });
}

const noKeys: Keys = { accessKeyId: '', secretAccessKey: '' };

/** A request as the SDK hands it over. */
interface SdkRequest {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  method: string;
  headers: Record<string, string>;
  body?: unknown;
}

const sentBody = z.union([z.string(), z.instanceof(Uint8Array)]).optional();

/** The SDK's requests over a fetch, so that guard, proxy and authorities hold for them as for all others. */
function overFetch(fetch: typeof globalThis.fetch) {
  return {
    handle: async (request: SdkRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
      const { host: _host, 'content-length': _length, ...headers } = request.headers;
      const body = sentBody.parse(request.body);
      const response = await fetch(urlOf(request), {
        method: request.method,
        headers: { 'accept-encoding': 'identity', ...headers },
        redirect: 'manual',
        ...(body !== undefined &&
          body.length > 0 && { body: new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body) }),
        ...(abortSignal !== undefined && { signal: abortSignal }),
      });
      return {
        response: {
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          body: response.body === null ? Readable.from([]) : Readable.fromWeb(response.body as ReadableStream),
        },
      };
    },
  };
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) =>
      one === null ? escaped(name) : `${escaped(name)}=${escaped(one)}`,
    ),
  );
  const place = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`;
  return pairs.length === 0 ? place : `${place}?${pairs.join('&')}`;
}

/** As it was signed (RFC 3986). */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
