import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EmulatorLog } from '../log/log.js';
import type { AsyncListener } from '../server/http-server.js';
import { authenticate, isAnonymous, type S3Account } from './authentication.js';
import { createBucket, headBucket } from './bucket-operations.js';
import { deleteObject, getObject, putObject, type S3Operation } from './object-operations.js';
import type { ObjectStore } from './object-store.js';
import { S3Error, sendS3Error } from './s3-error.js';
import { readS3Request, type S3Request } from './s3-request.js';

/** What the S3 face stands on. */
export interface S3Face {
  store: ObjectStore;
  account: S3Account;
  log: EmulatorLog;
  /** Whether anybody may GET and HEAD objects, as behind a public bucket policy. */
  publicRead: boolean;
}

/**
 * Query parameters that are not part of an operation's name. Any other one names an operation of its own (`uploads`,
 * `uploadId`, `acl`, …), of which the face has none yet.
 */
const INDIFFERENT = /^(?:x-id|x-amz-.*)$/i;

const ON_OBJECTS: Record<string, S3Operation> = {
  PUT: putObject,
  GET: getObject,
  HEAD: getObject,
  DELETE: deleteObject,
};

const ON_BUCKETS: Record<string, S3Operation> = { PUT: createBucket, HEAD: headBucket };

/**
 * A small, strict S3: path-style, Signature Version 4 only, objects in one piece. It refuses what it does not do
 * (`NotImplemented`) rather than doing something like it.
 */
export function createS3Listener(face: S3Face): AsyncListener {
  return (incoming, outgoing) => answer(face, incoming, outgoing);
}

async function answer(face: S3Face, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.setHeader('x-amz-request-id', randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase());
  let note: string;
  try {
    note = await carryOut(face, readS3Request(incoming), outgoing);
  } catch (thrown) {
    const error =
      thrown instanceof S3Error ? thrown : new S3Error('InternalError', 'We encountered an internal error.');
    note = thrown instanceof S3Error ? error.code : `${error.code}: ${String(thrown)}`;
    if (outgoing.headersSent) outgoing.destroy();
    else sendS3Error(outgoing, error, (incoming.url ?? '').replace(/\?.*/s, ''));
    // What the client is still sending is read and dropped, or it would never come to read the refusal.
    incoming.resume();
  }
  const { method = '', url = '' } = incoming;
  face.log.add({ provider: 's3', method, path: url, status: outgoing.statusCode, note });
}

async function carryOut(face: S3Face, request: S3Request, outgoing: ServerResponse): Promise<string> {
  const { store, account } = face;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const isPublic = face.publicRead && reads && request.key !== '' && isAnonymous(request);
  const payload = isPublic ? '' : await authenticate(request, account);
  const operation = operationOf(request);
  if (operation !== createBucket && !(await store.hasBucket(request.bucket))) {
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist');
  }
  return operation({ store, request, outgoing, payload });
}

function operationOf({ method, bucket, key, query, headers }: S3Request): S3Operation {
  const special = Object.keys(query).find((name) => !INDIFFERENT.test(name));
  if (special !== undefined || headers['x-amz-copy-source'] !== undefined) {
    throw new S3Error('NotImplemented', `The emulator does not do ${special ?? 'copies'}`);
  }
  const operations = key === '' ? ON_BUCKETS : ON_OBJECTS;
  const operation = bucket === '' ? undefined : operations[method];
  if (!operation)
    throw new S3Error('NotImplemented', `The emulator does not ${method} ${key === '' ? 'buckets' : 'objects'}`);
  return operation;
}
