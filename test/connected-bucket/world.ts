import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateMultipartUploadCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  createSluice,
  type ImportItem,
  type ImportJob,
  type ImportRequest,
  integration,
  memoryStore,
  type Sluice,
  SluiceError,
  type SluiceOptions,
} from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { type Emulator, type EmulatorOptions, startEmulator } from '@sluice/emulator';
import { s3Bucket } from '@sluice/s3';
import { twelvelabs } from '@sluice/twelvelabs';
import { onTestFinished } from 'vitest';
import { keysIn, openUploadsIn } from '../routes/servers.js';

/** The integration's bucket, and what of it the import reads. */
export const place = { id: 'integration-1', bucket: 'videos', prefix: 'incoming/' };

type Bucket = ReturnType<typeof s3Bucket>;

/** What may be different about a client. */
export interface ClientChanges {
  bucket?: (bucket: Bucket) => Bucket;
  keys?: { accessKeyId?: string; secretAccessKey?: string };
  /** None is configured. */
  without?: boolean;
  options?: Partial<SluiceOptions>;
}

/** TwelveLabs on loopback, connected to a bucket, and a folder with films. */
export async function makeBucketWorld(options: EmulatorOptions = {}) {
  const pace = { validatingMs: 20, pendingMs: 5, queuedMs: 5, indexingMs: 20, apartMs: 0 };
  const puts: string[] = [];
  const emulator = await startEmulator({
    ...options,
    twelvelabs: { integrations: [place], pace, ...options.twelvelabs },
    log: ({ method, path, status }) => {
      if (method === 'PUT' && /partNumber=/.test(path) && status === 200) puts.push(path);
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bucket-'));
  onTestFinished(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });
  const sample = await bytesOf(`${emulator.media.url}/sample.mp4`);
  /** A film unlike any other, as long as it must be. */
  const write = async (name: string, size?: number): Promise<Film> => {
    const path = join(folder, name);
    const content =
      size === undefined ? withTail(sample, name) : await bytesOf(`${emulator.media.url}/padded/${size}/${name}`);
    await writeFile(path, content);
    return { name, path, sha256: sha256Of(content), size: content.byteLength, content };
  };
  return {
    emulator,
    folder,
    puts,
    write,
    connect: (changes?: ClientChanges) => connect(emulator, changes),
    ...inBucket(emulator),
  };
}

/** A film in the folder. */
export interface Film {
  name: string;
  path: string;
  sha256: string;
  size: number;
  content: Uint8Array;
}

function connect(
  emulator: Emulator,
  { bucket = (same) => same, keys, without = false, options }: ClientChanges = {},
): Sluice {
  const { baseUrl, apiKey, indexId } = emulator.twelvelabs;
  const { endpoint, region, accessKeyId, secretAccessKey } = emulator.s3;
  const own = s3Bucket({
    endpoint,
    region,
    accessKeyId,
    secretAccessKey,
    ...keys,
    bucket: place.bucket,
    prefix: place.prefix,
  });
  const search = twelvelabs({
    ...{ baseUrl, apiKey, indexId, pollIntervalMs: 20, busyLookMs: 50 },
    ...(!without && { buckets: { [place.id]: bucket(own) } }),
  });
  const network = { allowPrivateAddresses: true };
  const sluice = createSluice({ providers: { search }, store: memoryStore(), network, ...options });
  onTestFinished(() => sluice.close());
  return sluice;
}

function inBucket({ s3, twelvelabs: provider }: Emulator) {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  onTestFinished(() => client.destroy());
  const keyOf = (name: string) => ({ Bucket: place.bucket, Key: `${place.prefix}${name}` });
  return {
    /** What stands there, and what was begun there. */
    async standing(): Promise<{ objects: string[]; uploads: string[] }> {
      return { objects: await keysIn(s3, place.bucket), uploads: await openUploadsIn(s3, place.bucket) };
    },
    /** Somebody else puts an object there. */
    async put(name: string, content: Uint8Array | string): Promise<void> {
      await client.send(new PutObjectCommand({ ...keyOf(name), Body: content }));
    },
    /** Somebody else begins an upload there. */
    async beginUpload(name: string): Promise<void> {
      await client.send(new CreateMultipartUploadCommand(keyOf(name)));
    },
    /** The digests of what TwelveLabs took, by the names of the files. */
    imported(): Record<string, string> {
      const videos = provider.transfers().flatMap((transfer) => transfer.videos);
      return Object.fromEntries(videos.map(({ filename, sha256 }) => [filename, sha256]));
    },
  };
}

/** A request for these films. */
export function into(films: readonly Film[], more: Partial<ImportRequest> = {}): ImportRequest {
  return { source: integration(place.id, { files: films.map(({ path }) => fromFile(path)) }), ...more };
}

/** How a job ended, its error among it. */
export async function ended(job: ImportJob) {
  const error = await job.wait({ timeoutMs: 20_000 }).catch((thrown: unknown) => thrown);
  return SluiceError.is(error) ? { ...job.snapshot, error } : job.snapshot;
}

/** Each item by its name, and what became of it. */
export function fates(items: ImportItem[]): [string, string][] {
  return items.map((item) => [item.ref, item.ok ? (item.outcome ?? 'ok') : item.error.code]);
}

/** A film's key in the bucket. */
export function key(name: string): string {
  return `${place.prefix}${name}`;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Players skip the box. */
function withTail(bytes: Uint8Array, text: string): Uint8Array {
  const box = Buffer.alloc(8);
  box.writeUInt32BE(8 + Buffer.byteLength(text), 0);
  box.write('free', 4, 'latin1');
  return Buffer.concat([bytes, box, Buffer.from(text)]);
}

async function bytesOf(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
