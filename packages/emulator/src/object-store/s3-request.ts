import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.js';

/** A request to the S3 face, read as far as its first line and headers go. */
export interface S3Request {
  method: string;
  /** As it came, still encoded: it is what was signed. */
  path: string;
  /** Empty for the service itself. */
  bucket: string;
  /** Empty for the bucket itself. */
  key: string;
  /** Decoded; names as they came. */
  query: Record<string, string>;
  /** Lower-case names; a header that came twice is joined as HTTP says. */
  headers: Record<string, string>;
  /** The headers with those that a presigned URL carries in its query, which S3 takes for headers too. */
  effective: Record<string, string>;
  incoming: IncomingMessage;
  /** The body, once only. It leaves the connection open when it is not read to its end. */
  body: AsyncIterable<Buffer>;
}

const LONGEST_KEY_BYTES = 1024;

/**
 * Reads a path-style request. Throws an `S3Error` where the URI is none.
 *
 * @param body stands in for the request's own, where something was done to it on the way
 */
export function readS3Request(incoming: IncomingMessage, body = bodyOf(incoming)): S3Request {
  const [path = '/', search = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const decodedKey = decode(key);
  if (Buffer.byteLength(decodedKey) > LONGEST_KEY_BYTES) throw new S3Error('KeyTooLongError', 'Your key is too long');
  const query = Object.fromEntries(search.split('&').filter(Boolean).map(readParameter));
  const headers = flatten(incoming.headers);
  return {
    method: incoming.method ?? 'GET',
    path,
    bucket: decode(bucket),
    key: decodedKey,
    query,
    headers,
    effective: { ...hoisted(query), ...headers },
    incoming,
    body,
  };
}

/** The connection outlives a refused body: the refusal still has to be sent on it. */
export function bodyOf(incoming: IncomingMessage): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => incoming.iterator({ destroyOnReturn: false }) };
}

function hoisted(query: Record<string, string>): Record<string, string> {
  const named = Object.entries(query).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(named.filter(([name]) => name.startsWith('x-amz-')));
}

function readParameter(pair: string): [string, string] {
  const [name = '', value = ''] = pair.split(/=(.*)/s);
  return [decode(name), decode(value)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.");
  }
}

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return flat;
}
