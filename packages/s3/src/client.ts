import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { S3Client } from '@aws-sdk/client-s3';
import type { SourceAnswer, SourceFetch } from '@sluice/core/adapter';
import * as z from 'zod';
import { AnswerBody } from './answer-body.js';
import type { Endpoint, Keys } from './place.js';

/** How a client reaches the network. */
export interface Reach {
  fetch: typeof globalThis.fetch;
  /** What is got comes over it in place of the fetch, as an {@link AnswerBody}. */
  read?: SourceFetch;
  maxAttempts: number;
}

/** A client of the SDK that reaches the network as it is told. */
export function makeClient(
  { url, region, pathStyle }: Endpoint,
  keys: Keys | undefined,
  { fetch, read, maxAttempts }: Reach,
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
    requestHandler: { handle: handler({ fetch, read }) },
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

/** The SDK's requests, so that guard, proxy and authorities hold for them as for all others. */
function handler({ fetch, read }: { fetch: typeof globalThis.fetch; read: SourceFetch | undefined }) {
  return async (request: SdkRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
    const { host: _host, 'content-length': _length, ...signed } = request.headers;
    const headers = { 'accept-encoding': 'identity', ...signed };
    const url = urlOf(request);
    if (read !== undefined && request.method === 'GET') {
      const signal = abortSignal ?? new AbortController().signal;
      return { response: responseOf(await read({ method: 'GET', url, headers, signal })) };
    }
    const body = sentBody.parse(request.body);
    const response = await fetch(url, {
      method: request.method,
      headers,
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
  };
}

/** What the SDK and this package want to know of an object that is got, or of a refusal. */
const readHeaders = [
  ...['content-length', 'content-range', 'content-encoding', 'content-type', 'etag', 'last-modified', 'date'],
  ...['location', 'retry-after', 'x-amz-request-id', 'x-amz-id-2', 'x-amz-bucket-region'],
];

function responseOf(answer: SourceAnswer) {
  const headers: Record<string, string> = {};
  for (const name of readHeaders) {
    const value = answer.header(name);
    if (value !== undefined) headers[name] = value;
  }
  return { statusCode: answer.status, headers, body: new AnswerBody(answer) };
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
