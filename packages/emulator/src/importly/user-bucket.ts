import { createReadStream } from 'node:fs';
import { PutObjectCommand, S3Client, type StorageClass } from '@aws-sdk/client-s3';
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
  readonly #client: S3Client;

  constructor(storage: ImportlyStorage) {
    const { endpoint, region, accessKeyId, secretAccessKey } = storage;
    this.#storage = storage;
    this.#client = new S3Client({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
      // Not every S3-compatible store knows the SDK's newer checksums, or answers 100-continue.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { expectContinueHeader: false },
      maxAttempts: 1,
    });
  }

  /** Rejects with the SDK's error when the bucket does not take the file. */
  async put({ path, kept, bucket, key, storageClass }: BucketUpload, signal: AbortSignal): Promise<EmulatedS3Location> {
    await this.#client.send(
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

  close(): void {
    this.#client.destroy();
  }
}
