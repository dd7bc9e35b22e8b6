import type { KeptObject } from './kept-object.js';
import { etagOf } from './object-operations.js';
import { compareKeys } from './object-store.js';
import { countOf } from './read-document.js';
import type { S3Operation } from './s3-call.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';
import { sendXml } from './xml.js';

const LONGEST_PAGE = 1000;

/** ListObjectsV2. */
export const listObjectsV2: S3Operation = async ({ store, request, outgoing }) => {
  const { bucket, query } = request;
  if (query['list-type'] !== '2') throw new S3Error('InvalidArgument', 'Invalid List Type specified in Request');
  const token = query['continuation-token'];
  const after = token === undefined ? (query['start-after'] ?? '') : Buffer.from(token, 'base64url').toString();
  const page = pageOf(await store.list(bucket), request, after);
  const next = page.next === undefined ? undefined : Buffer.from(page.next).toString('base64url');
  sendXml(outgoing, 200, {
    ListBucketResult: {
      ...describePage(page, request),
      KeyCount: page.objects.length + page.prefixes.length,
      StartAfter: query['start-after'],
      ContinuationToken: token,
      NextContinuationToken: next,
    },
  });
  return `${page.objects.length} objects`;
};

/** ListObjects, the first version, which some clients still ask for. */
export const listObjects: S3Operation = async ({ store, request, outgoing }) => {
  const { bucket, query } = request;
  const page = pageOf(await store.list(bucket), request, query.marker ?? '');
  // AWS names the next marker only where there is a delimiter; otherwise it is the last key.
  const NextMarker = query.delimiter === undefined ? undefined : page.next;
  const Marker = query.marker ?? '';
  sendXml(outgoing, 200, { ListBucketResult: { ...describePage(page, request), Marker, NextMarker } });
  return `${page.objects.length} objects`;
};

/** GetBucketLocation: the face has one region. */
export const getBucketLocation: S3Operation = async ({ outgoing, region }) => {
  // AWS says nothing at all of its first region.
  sendXml(outgoing, 200, { LocationConstraint: region === 'us-east-1' ? '' : region });
  return region;
};

interface Page {
  objects: KeptObject[];
  /** What of the keys stands up to the delimiter, where there is one. */
  prefixes: string[];
  most: number;
  /** What the next page comes after; undefined where this is the last. */
  next: string | undefined;
}

function pageOf(all: readonly KeptObject[], request: S3Request, after: string): Page {
  const { prefix = '', delimiter = '' } = request.query;
  const most = Math.min(countOf(request, 'max-keys', LONGEST_PAGE), LONGEST_PAGE);
  const page: Page = { objects: [], prefixes: [], most, next: undefined };
  let last = after;
  for (const kept of all) {
    const common = commonPrefix(kept.key, prefix, delimiter);
    const name = common ?? kept.key;
    if (
      !kept.key.startsWith(prefix) ||
      compareKeys(name, after) <= 0 ||
      (page.prefixes.at(-1) === common && common !== undefined)
    )
      continue;
    if (page.objects.length + page.prefixes.length >= most) return { ...page, next: last };
    if (common === undefined) page.objects.push(kept);
    else page.prefixes.push(common);
    last = name;
  }
  return page;
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

function describePage({ objects, prefixes, most, next }: Page, { bucket, query }: S3Request) {
  const isEncoded = query['encoding-type'] === 'url';
  const name = (text: string) => (isEncoded ? encodeName(text) : text);
  return {
    Name: bucket,
    Prefix: name(query.prefix ?? ''),
    Delimiter: query.delimiter,
    MaxKeys: most,
    EncodingType: query['encoding-type'],
    IsTruncated: next !== undefined,
    Contents: objects.map((kept) => ({
      Key: name(kept.key),
      LastModified: new Date(kept.modifiedAt).toISOString(),
      ETag: etagOf(kept),
      Size: kept.size,
      StorageClass: kept.headers['x-amz-storage-class'] ?? 'STANDARD',
    })),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: name(prefix) })),
  };
}

/** As AWS does: like a form's value, but for the slashes. */
function encodeName(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1).replaceAll('%2F', '/');
}
