import type { ServerResponse } from 'node:http';
import type { MultipartUploads } from './multipart-uploads.js';
import type { ObjectStore } from './object-store.js';
import type { S3Request } from './s3-request.js';

/** What an operation on an object or a bucket works with. */
export interface S3Call {
  store: ObjectStore;
  uploads: MultipartUploads;
  request: S3Request;
  outgoing: ServerResponse;
  region: string;
  /** What the signature says of the payload. */
  payload: string;
}

/** Carries out a call and answers it. Throws an `S3Error` to refuse; answers with a word for the log. */
export type S3Operation = (call: S3Call) => Promise<string>;
