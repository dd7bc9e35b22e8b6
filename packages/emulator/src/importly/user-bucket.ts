import { BucketClient, type BucketFile } from '../object-store/bucket-client.js';
import type { EmulatedS3Location } from './job.js';
import type { ImportlyStorage } from './settings.js';

/** Puts files into the "user's bucket", as the provider does with the user's credentials. */
export class UserBucket {
  readonly #storage: ImportlyStorage;
  readonly #client: BucketClient;

  constructor(storage: ImportlyStorage, signal: AbortSignal) {
    this.#storage = storage;
    this.#client = new BucketClient(storage, signal);
  }

  /** Rejects with the SDK's error when the bucket does not take the file. */
  async put(file: BucketFile): Promise<EmulatedS3Location> {
    await this.#client.put(file);
    const endpoint = this.#storage.endpoint.replace(/\/+$/, '');
    const { bucket, key } = file;
    return { url: `${endpoint}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`, bucket, key };
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
