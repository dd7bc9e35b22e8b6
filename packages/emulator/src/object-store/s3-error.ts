import type { ServerResponse } from 'node:http';
import { sendXml } from './xml.js';

const STATUSES = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidPolicyDocument: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedPOSTRequest: 400,
  MalformedXML: 400,
  MaxPostPreDataLengthExceededError: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  // Real S3 answers 400; 408 is what proxies between it and a client say, and what clients must live with.
  RequestTimeout: 408,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  XAmzContentSHA256Mismatch: 400,
} as const;

/** The error codes of Amazon S3 that the face knows. */
export type S3ErrorCode = keyof typeof STATUSES;

/** A refusal in S3's words. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  readonly status: number;
  /** What S3 says besides, such as `MinSizeAllowed`. */
  readonly details: Record<string, string>;

  constructor(code: S3ErrorCode, message: string, details: Record<string, string> = {}) {
    super(message);
    this.name = 'S3Error';
    this.code = code;
    this.status = STATUSES[code];
    this.details = details;
  }
}

/** Sends the error as S3 does: an XML document, or the bare status to a HEAD. */
export function sendS3Error(outgoing: ServerResponse, error: S3Error, resource: string): void {
  const requestId = String(outgoing.getHeader('x-amz-request-id') ?? '');
  const { code: Code, message: Message, details } = error;
  const parts = { Code, Message, ...details, Resource: resource, RequestId: requestId };
  sendXml(outgoing, error.status, { Error: parts });
}
