import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EmulatorLog } from '../log/log.js';
import { isWaiting } from '../server/continue.js';
import { authenticate, isAnonymous, type S3Account } from './authentication.js';
import { createBucket } from './bucket-operations.js';
import type { MultipartUploads } from './multipart-uploads.js';
import type { ObjectStore } from './object-store.js';
import { postObject } from './post-object.js';
import { S3Error, sendS3Error } from './s3-error.js';
import { operationOf } from './s3-operations.js';
import { bodyOf, readS3Request, type S3Request } from './s3-request.js';

/** What the S3 face stands on. */
export interface S3Face {
  store: ObjectStore;
  uploads: MultipartUploads;
  account: S3Account;
  log: EmulatorLog;
  /** Whether anybody may GET and HEAD objects, as behind a public bucket policy. */
  publicRead: boolean;
}

/** Answers one request. @param body stands in for the request's own */
export type S3Listener = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body?: AsyncIterable<Buffer>,
) => Promise<void>;

/**
 * A small, strict S3: path-style, Signature Version 4 only. It refuses what it does not do (`NotImplemented`) rather than
 * doing something like it.
 */
export function createS3Listener(face: S3Face): S3Listener {
  return async (incoming, outgoing, body = bodyOf(incoming)) => {
    outgoing.setHeader('x-amz-request-id', randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase());
    let note: string;
    try {
      note = await carryOut(face, readS3Request(incoming, body), outgoing);
    } catch (thrown) {
      note = refuse(thrown, incoming, outgoing);
    }
    const { method = '', url = '' } = incoming;
    face.log.add({ provider: 's3', method, path: url, status: outgoing.statusCode, note });
  };
}

function refuse(thrown: unknown, incoming: IncomingMessage, outgoing: ServerResponse): string {
  const error = thrown instanceof S3Error ? thrown : new S3Error('InternalError', 'We encountered an internal error.');
  // A client that was never told to send its body may do either, so the connection is of no more use.
  if (isWaiting(incoming)) outgoing.shouldKeepAlive = false;
  if (outgoing.headersSent) outgoing.destroy();
  else sendS3Error(outgoing, error, (incoming.url ?? '').replace(/\?.*/s, ''));
  // What the client is still sending is read and dropped, or it would never come to read the refusal.
  incoming.resume();
  return thrown instanceof S3Error ? error.code : `${error.code}: ${String(thrown)}`;
}

async function carryOut(face: S3Face, request: S3Request, outgoing: ServerResponse): Promise<string> {
  const { store, uploads, account } = face;
  // A form carries its signature in its fields.
  const isForm = request.method === 'POST' && request.key === '' && Object.keys(request.query).length === 0;
  const payload = isForm ? '' : await authorize(face, request);
  const operation = isForm ? undefined : operationOf(request);
  if (operation !== createBucket && !(await store.hasBucket(request.bucket))) {
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist');
  }
  const call = { store, uploads, request, outgoing, region: account.region };
  return operation ? operation({ ...call, payload }) : postObject(call, account);
}

async function authorize(face: S3Face, request: S3Request): Promise<string> {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const isPublic = face.publicRead && reads && request.key !== '' && isAnonymous(request);
  return isPublic ? '' : authenticate(request, face.account);
}
