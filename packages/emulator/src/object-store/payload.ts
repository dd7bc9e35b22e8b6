import { AwsChunkedDecoder } from './aws-chunked.js';
import { announcedChecksums, createChecksum } from './checksums.js';
import type { MeasuredBytes } from './measured-write.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';

/** The body of a put on its way in. */
export interface Payload {
  /** The object's bytes, unwrapped. */
  bytes: AsyncIterable<Buffer>;
  /** Whether the check needs the sha-256 of what was read. */
  sha256: boolean;
  /**
   * Call it once `bytes` have been read: answers with the additional checksums that came with them, as headers. Throws
   * an `S3Error` where the bytes are not what the client said.
   */
  check(measured: MeasuredBytes): Record<string, string>;
}

const TRAILER_ENCODING = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
/** AWS S3: 5 GiB in one PUT, whether of an object or of a part. */
const LARGEST_PUT_BYTES = 5 * 1024 ** 3;

/** Opens a request's body. @param signed what the signature says of the payload, as `authenticate` answers it */
export function openPayload(request: S3Request, signed: string): Payload {
  const { effective } = request;
  const decoder = signed === TRAILER_ENCODING ? new AwsChunkedDecoder() : undefined;
  if (!decoder && signed.startsWith('STREAMING-')) {
    throw new S3Error('NotImplemented', `The emulator does not read ${signed} payloads`);
  }
  const expectedSize = lengthOf(request, decoder !== undefined);
  const wanted = announcedChecksums(effective).map((name) => ({ name, checksum: createChecksum(name) }));
  const unwrapped = decoder ? decoder.decode(request.body) : request.body;
  const bytes = wanted.length === 0 ? unwrapped : watched(unwrapped, (piece) => updateAll(wanted, piece));
  const check = (measured: MeasuredBytes) => {
    if (measured.size !== expectedSize) {
      throw new S3Error('IncompleteBody', 'You did not provide the number of bytes specified by the length');
    }
    checkDigests(effective, signed, measured);
    const checksums: Record<string, string> = {};
    for (const { name, checksum } of wanted) {
      const computed = checksum.digest();
      if ((effective[name] ?? decoder?.trailers.get(name)) !== computed) {
        throw new S3Error('BadDigest', `The ${name.slice('x-amz-checksum-'.length)} you specified did not match`);
      }
      checksums[name] = computed;
    }
    return checksums;
  };
  return { bytes, sha256: signsHash(signed), check };
}

/** Whether the signature holds the payload's own hash. */
function signsHash(signed: string): boolean {
  return signed !== UNSIGNED && signed !== TRAILER_ENCODING;
}

function updateAll(wanted: readonly { checksum: { update(bytes: Buffer): void } }[], piece: Buffer): void {
  for (const { checksum } of wanted) checksum.update(piece);
}

async function* watched(bytes: AsyncIterable<Buffer>, saw: (piece: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const piece of bytes) {
    saw(piece);
    yield piece;
  }
}

/** S3 wants to know how long an object is before it comes. */
function lengthOf({ headers }: S3Request, wrapped: boolean): number {
  const text = wrapped ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (text === undefined || !/^\d+$/.test(text)) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  if (Number(text) > LARGEST_PUT_BYTES) {
    const details = { ProposedSize: text, MaxSizeAllowed: String(LARGEST_PUT_BYTES) };
    throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', details);
  }
  return Number(text);
}

function checkDigests(headers: Record<string, string>, signed: string, measured: MeasuredBytes): void {
  if (signsHash(signed) && signed !== measured.sha256) {
    throw new S3Error(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const md5 = headers['content-md5'];
  if (md5 === undefined) return;
  const expected = Buffer.from(md5, 'base64');
  if (expected.length !== 16) throw new S3Error('InvalidDigest', 'The Content-MD5 you specified is not valid.');
  if (expected.toString('hex') !== measured.md5) {
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
}
