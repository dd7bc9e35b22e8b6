import type { EmulatedS3 } from '../emulator-view.js';
import type { EmulatorLog } from '../log/log.js';
import type { EmulatedS3Settings } from '../options.js';
import { listen } from '../server/http-server.js';
import { MultipartUploads } from './multipart-uploads.js';
import { ObjectStore } from './object-store.js';
import { createS3Listener, type S3Face } from './s3-face.js';

/** The emulator's own S3, listening. */
export interface S3Server {
  view: EmulatedS3;
  /** What it stands on, for another face on the same objects. */
  face: S3Face;
  close(): Promise<void>;
}

const DEFAULTS: EmulatedS3Settings = {
  port: 0,
  region: 'us-east-1',
  accessKeyId: 'SLUICEEMULATORKEY',
  secretAccessKey: 'sluice-emulator-secret',
  bucket: 'sluice-emulator',
  publicRead: false,
};

/** Starts the S3 face on a port of its own, as a store has a host of its own: its paths begin with the bucket. */
export async function startS3(
  settings: Partial<EmulatedS3Settings>,
  { host, directory, log }: { host: string; directory: string; log: EmulatorLog },
): Promise<S3Server> {
  const { port, publicRead, ...account } = { ...DEFAULTS, ...settings };
  const store = new ObjectStore(directory);
  await store.createBucket(account.bucket);
  const uploads = new MultipartUploads(store);
  const face = { store, uploads, account: { ...account, now: () => Date.now() }, log, publicRead };
  const server = await listen(createS3Listener(face), { host, port, awaitsContinue: true });
  return { view: { endpoint: server.url, ...account }, face, close: () => server.close() };
}
