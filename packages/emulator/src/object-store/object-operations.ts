import { parseByteRange } from '../server/byte-range.js';
import { continueBody } from '../server/continue.js';
import { sendBytes } from '../server/send-bytes.js';
import type { KeptObject } from './kept-object.js';
import { openPayload } from './payload.js';
import type { S3Operation } from './s3-call.js';
import { S3Error } from './s3-error.js';

/** Headers that are kept with an object and given back with it. */
const KEPT_HEADERS = ['cache-control', 'content-disposition', 'content-language', 'expires', 'x-amz-storage-class'];

/** PutObject. */
export const putObject: S3Operation = async ({ store, request, outgoing, payload }) => {
  const { bucket, key, effective } = request;
  const opened = openPayload(request, payload);
  continueBody(request.incoming, outgoing);
  const kept = await store.put({
    bucket,
    key,
    bytes: opened.bytes,
    contentType: effective['content-type'] ?? 'binary/octet-stream',
    headers: headersToKeep(effective),
    check: opened.check,
  });
  outgoing.writeHead(200, { etag: etagOf(kept), ...checksumsOf(kept), 'content-length': '0' }).end();
  return `${kept.size} bytes`;
};

/** GetObject and HeadObject. */
export const getObject: S3Operation = async ({ store, request, outgoing }) => {
  const object = await store.open(request.bucket, request.key);
  if (!object) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  const { kept } = object;
  try {
    const notModified = meetsConditions(request.headers, etagOf(kept));
    if (notModified) {
      outgoing.writeHead(304, { etag: etagOf(kept) }).end();
      return 'not modified';
    }
    if (parseByteRange(request.headers.range, kept.size) === 'unsatisfiable') {
      throw new S3Error('InvalidRange', 'The requested range is not satisfiable');
    }
    const headers = responseHeaders(kept, request.effective);
    await sendBytes(request.incoming, outgoing, { size: kept.size, headers, read: (range) => object.read(range) });
    return request.headers.range ?? `${kept.size} bytes`;
  } finally {
    await object.close();
  }
};

/** DeleteObject: one that isn't there is deleted too. */
export const deleteObject: S3Operation = async ({ store, request, outgoing }) => {
  await store.delete(request.bucket, request.key);
  outgoing.writeHead(204).end();
  return 'deleted';
};

/** As it goes over the wire. */
export function etagOf({ etag }: Pick<KeptObject, 'etag'>): string {
  return `"${etag}"`;
}

function checksumsOf({ headers }: KeptObject): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-checksum-')));
}

/** What of a request's headers is kept with the object. */
export function headersToKeep(headers: Record<string, string>): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name]) => KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-'),
  );
  const encoding = (headers['content-encoding'] ?? '')
    .split(',')
    .map((word) => word.trim())
    // It wrapped the bytes on their way here and is no property of the object.
    .filter((word) => word !== '' && word !== 'aws-chunked');
  return { ...Object.fromEntries(kept), ...(encoding.length > 0 ? { 'content-encoding': encoding.join(',') } : {}) };
}

function responseHeaders(kept: KeptObject, asked: Record<string, string>): Record<string, string> {
  // A checksum is of the whole object, so a range doesn't carry it.
  const wantsChecksums = asked['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && asked.range === undefined;
  const headers = Object.entries(kept.headers).filter(
    ([name, value]) =>
      (wantsChecksums || !name.startsWith('x-amz-checksum-')) &&
      !(name === 'x-amz-storage-class' && value === 'STANDARD'),
  );
  return {
    'content-type': kept.contentType,
    etag: etagOf(kept),
    'last-modified': new Date(kept.modifiedAt).toUTCString(),
    ...Object.fromEntries(headers),
  };
}

/** True where the client has it already (304). Throws `PreconditionFailed` where it wants another one. */
function meetsConditions(headers: Record<string, string>, etag: string): boolean {
  const names = (text: string) => text.split(',').map((word) => word.trim());
  const wanted = headers['if-match'];
  if (wanted !== undefined && wanted !== '*' && !names(wanted).includes(etag)) {
    throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  const known = headers['if-none-match'];
  return known !== undefined && (known === '*' || names(known).includes(etag));
}
