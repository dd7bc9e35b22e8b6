import { createReadStream } from 'node:fs';
import type { S3Client, StorageClass } from '@aws-sdk/client-s3';
import type { ByteRange } from '../server/byte-range.js';

/** Whose bucket, and where. */
export interface BucketAccount {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** A file for a bucket. */
export interface BucketFile {
  bucket: string;
  key: string;
  path: string;
  size: number;
  contentType: string;
  storageClass?: StorageClass;
}

/** Where an object lies. */
interface Place {
  bucket: string;
  key: string;
}

type Sdk = typeof import('@aws-sdk/client-s3');

const ignore = () => {};
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** What the emulated providers do in buckets, with the AWS SDK as they would. Every call rejects with the SDK's errors. */
export class BucketClient {
  readonly #account: BucketAccount;
  readonly #signal: AbortSignal;
  #opened: Promise<{ sdk: Sdk; client: S3Client }> | undefined;

  /** @param signal ends what is under way */
  constructor(account: BucketAccount, signal: AbortSignal) {
    this.#account = account;
    this.#signal = signal;
  }

  async put({ bucket, key, path, size, contentType, storageClass }: BucketFile): Promise<void> {
    const { sdk, client } = await this.#open();
    const command = new sdk.PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: createReadStream(path),
      ContentLength: size,
      ContentType: contentType,
      ...(storageClass === undefined ? {} : { StorageClass: storageClass }),
    });
    await client.send(command, { abortSignal: this.#signal });
  }

  /** Answers with the upload's id. */
  async createMultipartUpload({ bucket, key }: Place, contentType: string): Promise<string> {
    const { sdk, client } = await this.#open();
    const command = new sdk.CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ContentType: contentType });
    const { UploadId } = await client.send(command, { abortSignal: this.#signal });
    if (UploadId === undefined) throw new Error('the object store gave no upload id');
    return UploadId;
  }

  async completeMultipartUpload(
    { bucket, key }: Place,
    { uploadId, parts }: { uploadId: string; parts: readonly { part: number; etag: string }[] },
  ): Promise<void> {
    const { sdk, client } = await this.#open();
    const Parts = parts.map(({ part, etag }) => ({ PartNumber: part, ETag: etag }));
    const upload = { Bucket: bucket, Key: key, UploadId: uploadId, MultipartUpload: { Parts } };
    await client.send(new sdk.CompleteMultipartUploadCommand(upload), { abortSignal: this.#signal });
  }

  /** Bytes; undefined where there is no such object. */
  async size({ bucket, key }: Place): Promise<number | undefined> {
    const { sdk, client } = await this.#open();
    try {
      const command = new sdk.HeadObjectCommand({ Bucket: bucket, Key: key });
      return (await client.send(command, { abortSignal: this.#signal })).ContentLength ?? 0;
    } catch (error) {
      if (error instanceof sdk.S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
      throw error;
    }
  }

  async *read({ bucket, key }: Place, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const { sdk, client } = await this.#open();
    const Range = range && `bytes=${range.start}-${range.end}`;
    const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ...(Range === undefined ? {} : { Range }) });
    const { Body } = await client.send(command, { abortSignal: this.#signal });
    if (!(Body && Symbol.asyncIterator in Body)) throw new Error('the object store gave no body');
    yield* Body;
  }

  async delete({ bucket, key }: Place): Promise<void> {
    const { sdk, client } = await this.#open();
    await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: this.#signal });
  }

  async close(): Promise<void> {
    (await this.#opened)?.client.destroy();
  }

  #open(): Promise<{ sdk: Sdk; client: S3Client }> {
    // Loaded when it is first needed: most runs never are, and the SDK is by far the emulator's largest part.
    this.#opened ??= connect(this.#account);
    return this.#opened;
  }
}

async function connect({ endpoint, region, accessKeyId, secretAccessKey }: BucketAccount) {
  const sdk = await import('@aws-sdk/client-s3');
  const client = withoutNodeWarning(
    () =>
      new sdk.S3Client({
        endpoint,
        region,
        credentials: { accessKeyId, secretAccessKey },
        forcePathStyle: true,
        // Not every S3-compatible store knows the SDK's newer checksums, or answers 100-continue.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
        requestHandler: { expectContinueHeader: false },
        maxAttempts: 1,
        // Without one the SDK writes warnings to the console; its errors are all that is of interest.
        logger: SILENT,
      }),
  );
  return { sdk, client };
}

const NODE_WARNING_OFF = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** The SDK tells whoever runs Node 20 to upgrade, on the standard error of a process that only emulates with it. */
function withoutNodeWarning<Result>(make: () => Result): Result {
  const before = process.env[NODE_WARNING_OFF];
  process.env[NODE_WARNING_OFF] = 'true';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[NODE_WARNING_OFF];
    else process.env[NODE_WARNING_OFF] = before;
  }
}
