import { continueBody } from '../server/continue.js';
import type { KeptPart, ListedPart, UploadPlace } from './multipart-uploads.js';
import { headersToKeep } from './object-operations.js';
import { openPayload } from './payload.js';
import { countOf, malformed, readDocument } from './read-document.js';
import type { S3Operation } from './s3-call.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';
import { innersOf, sendXml, textsIn } from './xml.js';

const MOST_PARTS = 10_000;
const CHECKSUM_ELEMENTS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

/** CreateMultipartUpload. */
export const createMultipartUpload: S3Operation = async ({ uploads, request, outgoing }) => {
  const { bucket, key, effective, incoming } = request;
  incoming.resume();
  const contentType = effective['content-type'] ?? 'binary/octet-stream';
  const { uploadId } = await uploads.create(bucket, { key, contentType, headers: headersToKeep(effective) });
  const algorithm = effective['x-amz-checksum-algorithm'];
  if (algorithm !== undefined) outgoing.setHeader('x-amz-checksum-algorithm', algorithm);
  sendXml(outgoing, 200, { InitiateMultipartUploadResult: { Bucket: bucket, Key: key, UploadId: uploadId } });
  return 'multipart upload begun';
};

/** UploadPart. */
export const uploadPart: S3Operation = async ({ uploads, request, outgoing, payload }) => {
  const number = Number(request.query.partNumber);
  if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS) {
    throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`);
  }
  const opened = openPayload(request, payload);
  const place = placeOf(request);
  await uploads.get(place);
  continueBody(request.incoming, outgoing);
  const part = await uploads.putPart(place, number, opened);
  outgoing.writeHead(200, { etag: `"${part.md5}"`, ...part.checksums, 'content-length': '0' }).end();
  return `part ${number}, ${part.size} bytes`;
};

/** ListParts. */
export const listParts: S3Operation = async ({ uploads, request, outgoing }) => {
  const { bucket, key, uploadId } = placeOf(request);
  const after = countOf(request, 'part-number-marker', 0);
  const most = Math.min(countOf(request, 'max-parts', 1000), 1000);
  const parts = (await uploads.parts({ bucket, key, uploadId })).filter(({ number }) => number > after);
  const page = parts.slice(0, most);
  sendXml(outgoing, 200, {
    ListPartsResult: {
      Bucket: bucket,
      Key: key,
      UploadId: uploadId,
      PartNumberMarker: after,
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: most,
      IsTruncated: parts.length > page.length,
      StorageClass: 'STANDARD',
      Part: page.map(describePart),
    },
  });
  return `${page.length} parts`;
};

/** CompleteMultipartUpload. */
export const completeMultipartUpload: S3Operation = async ({ uploads, request, outgoing, payload }) => {
  const place = placeOf(request);
  continueBody(request.incoming, outgoing);
  const listed = readList(await readDocument(request, payload));
  const kept = await uploads.complete(place, listed);
  const { bucket, key } = place;
  const Location = `http://${request.headers.host}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const result = { Location, Bucket: bucket, Key: key, ETag: `"${kept.etag}"` };
  sendXml(outgoing, 200, { CompleteMultipartUploadResult: result });
  return `${listed.length} parts, ${kept.size} bytes`;
};

/** AbortMultipartUpload. */
export const abortMultipartUpload: S3Operation = async ({ uploads, request, outgoing }) => {
  await uploads.abort(placeOf(request));
  outgoing.writeHead(204).end();
  return 'multipart upload aborted';
};

/** ListMultipartUploads. */
export const listMultipartUploads: S3Operation = async ({ uploads, request, outgoing }) => {
  const { bucket, query } = request;
  const { prefix = '', 'key-marker': keyMarker = '', 'upload-id-marker': idMarker = '' } = query;
  const most = Math.min(countOf(request, 'max-uploads', 1000), 1000);
  const all = (await uploads.list(bucket)).filter(({ key }) => key.startsWith(prefix));
  const known = all.findIndex(({ key, uploadId }) => key === keyMarker && uploadId === idMarker);
  const rest = known >= 0 ? all.slice(known + 1) : all.filter(({ key }) => keyMarker === '' || key > keyMarker);
  const page = rest.slice(0, most);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  sendXml(outgoing, 200, {
    ListMultipartUploadsResult: {
      Bucket: bucket,
      KeyMarker: keyMarker,
      UploadIdMarker: idMarker,
      NextKeyMarker: last?.key,
      NextUploadIdMarker: last?.uploadId,
      Prefix: prefix,
      MaxUploads: most,
      IsTruncated: last !== undefined,
      Upload: page.map(({ key, uploadId, initiatedAt }) => ({
        Key: key,
        UploadId: uploadId,
        StorageClass: 'STANDARD',
        Initiated: new Date(initiatedAt).toISOString(),
      })),
    },
  });
  return `${page.length} multipart uploads`;
};

function placeOf({ bucket, key, query }: S3Request): UploadPlace {
  return { bucket, key, uploadId: query.uploadId ?? '' };
}

function describePart({ number, modifiedAt, md5, size, checksums }: KeptPart) {
  const said = CHECKSUM_ELEMENTS.map((name) => [`Checksum${name}`, checksums[headerOf(name)]] as const);
  return {
    PartNumber: number,
    LastModified: new Date(modifiedAt).toISOString(),
    ETag: `"${md5}"`,
    Size: size,
    ...Object.fromEntries(said),
  };
}

function headerOf(checksum: string): string {
  return `x-amz-checksum-${checksum.toLowerCase()}`;
}

function readList(document: string): ListedPart[] {
  const parts = innersOf(document, 'Part').map((inner) => {
    const [number = ''] = textsIn(inner, 'PartNumber');
    const [etag = ''] = textsIn(inner, 'ETag');
    const checksums = CHECKSUM_ELEMENTS.flatMap((name) =>
      textsIn(inner, `Checksum${name}`).map((value) => [headerOf(name), value] as const),
    );
    if (!/^\d+$/.test(number) || etag === '') throw malformed();
    return { number: Number(number), etag, checksums: Object.fromEntries(checksums) };
  });
  if (parts.length === 0) throw malformed();
  return parts;
}
