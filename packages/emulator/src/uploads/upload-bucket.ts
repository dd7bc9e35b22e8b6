import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { BucketClient } from '../object-store/bucket-client.js';
import { createS3Listener, type S3Listener } from '../object-store/s3-face.js';
import { startS3 } from '../object-store/s3-server.js';
import type { Rooms } from '../server/rooms.js';
import { forwardTo } from './forward.js';

/** Where uploads go: any S3-compatible store. The bucket must be there. */
export interface UploadStore {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  bucket: string;
  /**
   * Whether clients are given URLs of the store itself: faster, but what they send is neither counted nor struck by faults, and the
   * emulator does not know it. By default all goes through the emulator.
   */
  direct?: boolean;
}

/** A bucket for uploads, opened. */
export interface OpenedBucket {
  store: UploadStore;
  client: BucketClient;
  digest(key: string): Promise<string>;
  /** What stands behind the emulator's door. */
  listener: S3Listener;
  close(): Promise<void>;
}

/** Where an own store is put. */
export interface OwnStorePlace {
  /** Whose it is: a word for its folder, its bucket and its keys. */
  name: string;
  host: string;
  directory: string;
  /** By which clock its signatures are checked: ms since the epoch. */
  now(): number;
}

/** Opens the store that the settings name, or one of the emulator's own. */
export async function openUploadBucket(
  rooms: Rooms,
  uploads: UploadStore | 'own',
  place: OwnStorePlace,
): Promise<OpenedBucket> {
  if (uploads === 'own') return openOwn(rooms, place);
  const client = new BucketClient(uploads, rooms.closing);
  return {
    store: uploads,
    client,
    digest: (key) => digestByReading(client, { bucket: uploads.bucket, key }),
    listener: forwardTo(uploads.endpoint, rooms),
    close: () => client.close(),
  };
}

/** The address that clients are given, without a slash at its end: the store's own, or the emulator's door before it. */
export function addressFor({ direct, endpoint }: UploadStore, door: string): string {
  return direct === true ? endpoint.replace(/\/$/, '') : door;
}

/** Two faces on one store: the provider's own calls are signed by real time, its clients' by the clock of the settings. */
async function openOwn({ log, closing }: Rooms, place: OwnStorePlace): Promise<OpenedBucket> {
  const { name, host, directory, now } = place;
  const names = { accessKeyId: `${name.toUpperCase()}EMULATORKEY`, secretAccessKey: `${name}-emulator-s3-secret` };
  const settings = { ...names, region: 'us-west-2', bucket: `${name}-uploads` };
  const server = await startS3(settings, { host, directory: join(directory, name), log });
  const { face, view } = server;
  const client = new BucketClient(view, closing);
  return {
    store: view,
    client,
    digest: async (key) => (await face.store.digest(view.bucket, key)) ?? '',
    listener: createS3Listener({ ...face, account: { ...face.account, now } }),
    close: async () => {
      await client.close();
      await server.close();
    },
  };
}

async function digestByReading(client: BucketClient, place: { bucket: string; key: string }): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of client.read(place)) hash.update(piece);
  return hash.digest('hex');
}
