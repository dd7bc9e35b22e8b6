import { createBucket, headBucket } from './bucket-operations.js';
import { getBucketLocation, listObjects, listObjectsV2 } from './list-operations.js';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
} from './multipart-operations.js';
import { deleteObject, getObject, putObject } from './object-operations.js';
import type { S3Operation } from './s3-call.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';

/** Query parameters that name an operation of its own, together with the method; any other such word is refused. */
const SUBRESOURCES = ['uploads', 'uploadId', 'list-type', 'location'] as const;

/** Query parameters that only qualify an operation. */
const QUALIFIERS = new Set([
  'partNumber',
  'part-number-marker',
  'max-parts',
  'max-uploads',
  'key-marker',
  'upload-id-marker',
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'start-after',
  'continuation-token',
  'encoding-type',
  'fetch-owner',
]);

/** Query parameters that say nothing of what is asked for. */
const INDIFFERENT = /^(?:x-id|x-amz-.*)$/i;

const OPERATIONS: Record<string, S3Operation> = {
  'PUT object': putObject,
  'GET object': getObject,
  'HEAD object': getObject,
  'DELETE object': deleteObject,
  'POST object uploads': createMultipartUpload,
  'PUT object uploadId': uploadPart,
  'GET object uploadId': listParts,
  'POST object uploadId': completeMultipartUpload,
  'DELETE object uploadId': abortMultipartUpload,
  'PUT bucket': createBucket,
  'HEAD bucket': headBucket,
  'GET bucket': listObjects,
  'GET bucket list-type': listObjectsV2,
  'GET bucket location': getBucketLocation,
  'GET bucket uploads': listMultipartUploads,
};

/** What the request asks for. Throws `NotImplemented` for everything that the emulator does not do. */
export function operationOf({ method, bucket, key, query, headers }: S3Request): S3Operation {
  const names = Object.keys(query).filter((name) => !INDIFFERENT.test(name) && !QUALIFIERS.has(name));
  const known = SUBRESOURCES.filter((name) => names.includes(name));
  const [special] = names.filter((name) => !SUBRESOURCES.some((one) => one === name));
  if (special !== undefined || headers['x-amz-copy-source'] !== undefined) {
    throw new S3Error('NotImplemented', `The emulator does not do ${special ?? 'copies'}`);
  }
  const target = key === '' ? 'bucket' : 'object';
  const operation = bucket === '' ? undefined : OPERATIONS[[method, target, ...known].join(' ')];
  if (operation) return operation;
  throw new S3Error('NotImplemented', `The emulator does not ${[method, target, ...known].join(' ')}`);
}
