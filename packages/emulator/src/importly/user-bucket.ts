import { createReadStream } from 'node:fs';
import type { S3Client, StorageClass } from '@aws-sdk/client-s3';
import type { KeptObject } from '../object-store/object-store.js';
import type { EmulatedS3Location } from './job.js';
import type { ImportlyStorage } from './settings.js';

/** One file on its way into the user's bucket. */
export interface BucketUpload {
  path: string;
  kept: KeptObject;
  bucket: string;
  key: string;
  storageClass: StorageClass;
}

/** Puts files into the "user's bucket" with the AWS SDK, as the provider does with the user's credentials. */
export class UserBucket {
  readonly #storage: ImportlyStorage;
  #client: Promise<S3Client> | undefined;

  constructor(storage: ImportlyStorage) {
    this.#storage = storage;
  }

  /** Rejects with the SDK's error when the bucket does not take the file. */
  async put({ path, kept, bucket, key, storageClass }: BucketUpload, signal: AbortSignal): Promise<EmulatedS3Location> {
    // Loaded when it is first needed: most runs never are, and the SDK is by far the emulator's largest part.
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    this.#client ??= connect(this.#storage);
    const client = await this.#client;
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: createReadStream(path),
        ContentLength: kept.size,
        ContentType: kept.contentType,
        StorageClass: storageClass,
      }),
      { abortSignal: signal },
    );
    const endpoint = this.#storage.endpoint.replace(/\/+$/, '');
    return { url: `${endpoint}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`, bucket, key };
  }

  async close(): Promise<void> {
    (await this.#client)?.destroy();
  }
}

const ignore = () => {};
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

async function connect({ endpoint, region, accessKeyId, secretAccessKey }: ImportlyStorage): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
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
  });
}
