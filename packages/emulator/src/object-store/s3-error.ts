import type { ServerResponse } from 'node:http';

const STATUSES = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidDigest: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
} as const;

/** The error codes of Amazon S3 that the face knows. */
export type S3ErrorCode = keyof typeof STATUSES;

/** A refusal in S3's words. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  readonly status: number;

  constructor(code: S3ErrorCode, message: string) {
    super(message);
    this.name = 'S3Error';
    this.code = code;
    this.status = STATUSES[code];
  }
}

/** Sends the error as S3 does: an XML document, or the bare status to a HEAD. */
export function sendS3Error(outgoing: ServerResponse, error: S3Error, resource: string): void {
  const requestId = String(outgoing.getHeader('x-amz-request-id') ?? '');
  const parts = { Code: error.code, Message: error.message, Resource: resource, RequestId: requestId };
  const inside = Object.entries(parts).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
  const document = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inside.join('')}</Error>`;
  outgoing.writeHead(error.status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(document),
  });
  outgoing.end(outgoing.req.method === 'HEAD' ? undefined : document);
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
