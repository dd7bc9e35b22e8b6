import { createHash } from 'node:crypto';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';

/** AWS allows 1 MB for a list of parts, and no document is longer. */
const LONGEST_DOCUMENT_BYTES = 1024 * 1024;

/** Reads a body that is a small XML document. @param signed what the signature says of the payload */
export async function readDocument({ body, headers }: S3Request, signed: string): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > LONGEST_DOCUMENT_BYTES) throw malformed();
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  if (/^[0-9a-f]{64}$/.test(signed) && createHash('sha256').update(bytes).digest('hex') !== signed) {
    throw new S3Error(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const md5 = headers['content-md5'];
  if (md5 !== undefined && createHash('md5').update(bytes).digest('base64') !== md5) {
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  return bytes.toString();
}

/** A count in the query, or what stands for it. */
export function countOf({ query }: S3Request, name: string, fallback: number): number {
  const text = query[name];
  if (text === undefined || text === '') return fallback;
  if (!/^\d{1,9}$/.test(text)) throw new S3Error('InvalidArgument', `Provided ${name} not an integer or within range`);
  return Number(text);
}

/** The document is not what it should be. */
export function malformed(): S3Error {
  return new S3Error(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
