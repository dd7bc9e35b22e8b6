import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { fromStream, type SluiceOptions, type SourceInput } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import type { EmulatedS3 } from '@sluice/emulator';
import { ftp } from '@sluice/ftp';
import { rsync } from '@sluice/rsync';
import { s3 } from '@sluice/s3';
import {
  missingPyftpdlib,
  missingRsync,
  missingSshd,
  type SshServer,
  startPyftpdlib,
  startRsyncDaemon,
  startSshd,
  startUnrulyHttp,
} from '@sluice/test-servers';
import type { SourceKind } from './grid.js';

/** Why some source cannot be served here, for the title of a test; undefined where all can. */
export async function missingServers(): Promise<string | undefined> {
  const missing = [await missingPyftpdlib(), await missingRsync(), await missingSshd()];
  return missing.find((one) => one !== undefined);
}

/** One server for every kind of source. */
export interface SourceServers {
  /** Puts a file where a source of the kind finds it. */
  place(kind: SourceKind, name: string, content: Uint8Array): Promise<SourceInput>;
  /** What a client needs to read from them all. */
  options: Required<Pick<SluiceOptions, 'sources' | 'credentials' | 'network'>>;
  /** PEM text of the https server. */
  certificate: string;
  ssh: SshServer;
  stop(): Promise<void>;
}

/** Starts them; the objects of `s3` lie in a store that is there already. */
export async function startSources(store: () => EmulatedS3): Promise<SourceServers> {
  const closers: (() => Promise<unknown>)[] = [];
  const opened = async <Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    closers.push(() => server.stop());
    return server;
  };
  const stop = async () => {
    for (const close of closers.splice(0)) await close();
  };
  try {
    return await furnish(store, { opened, closers, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Furnishing {
  opened<Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server>;
  closers: (() => Promise<unknown>)[];
  stop(): Promise<void>;
}

async function furnish(store: () => EmulatedS3, { opened, closers, stop }: Furnishing): Promise<SourceServers> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sources-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const http = await opened(startUnrulyHttp());
  const https = await opened(startUnrulyHttp({ tls: true }));
  const ftpServer = await opened(startPyftpdlib());
  const daemon = await opened(startRsyncDaemon());
  const ssh = await opened(startSshd());
  const { certificate = '' } = https;
  const places: Record<SourceKind, (name: string, content: Uint8Array) => Promise<SourceInput>> = {
    http: async (name, bytes) => served(http, name, bytes),
    https: async (name, bytes) => served(https, name, bytes),
    ftp: async (name, bytes) => {
      await writeFile(join(ftpServer.folder, name), bytes);
      return `ftp://127.0.0.1:${ftpServer.port}/${name}`;
    },
    rsync: async (name, bytes) => {
      await writeFile(join(daemon.folder, name), bytes);
      return `rsync://127.0.0.1:${daemon.port}/media/${name}`;
    },
    'rsync+ssh': async (name, bytes) => {
      await writeFile(join(ssh.folder, name), bytes);
      return `rsync+ssh://${ssh.username}@127.0.0.1:${ssh.port}${ssh.folder}/${name}`;
    },
    s3: (name, bytes) => putObject(store(), name, bytes),
    'a local file': async (name, bytes) => {
      await writeFile(join(folder, name), bytes);
      return fromFile(join(folder, name));
    },
    'a stream': async (name, bytes) => fromStream(inPieces(bytes), { name, size: bytes.byteLength }),
  };
  return {
    place: (kind, name, content) => places[kind](name, content),
    certificate,
    ssh,
    get options() {
      return optionsFor(store(), { ftpServer, daemon, ssh, certificate });
    },
    stop,
  };
}

function optionsFor(
  { endpoint, accessKeyId, secretAccessKey }: EmulatedS3,
  servers: { ftpServer: Account; daemon: Account; ssh: SshServer; certificate: string },
): SourceServers['options'] {
  const { ftpServer, daemon, ssh, certificate } = servers;
  const { host } = new URL(endpoint);
  return {
    sources: [
      ftp(),
      rsync({ identityFile: ssh.identityFile, knownHosts: ssh.knownHosts }),
      s3({ endpoints: { [host]: { tls: false } } }),
    ],
    credentials: {
      [`ftp://127.0.0.1:${ftpServer.port}`]: { username: ftpServer.username, password: ftpServer.password },
      [`rsync://127.0.0.1:${daemon.port}`]: { username: daemon.username, password: daemon.password },
      [`s3://${host}`]: { username: accessKeyId, password: secretAccessKey },
    },
    network: { allowPrivateAddresses: true, ca: certificate },
  };
}

interface Account {
  port: number;
  username: string;
  password: string;
}

function served(server: Awaited<ReturnType<typeof startUnrulyHttp>>, name: string, bytes: Uint8Array): string {
  server.files.set(`/${name}`, { bytes, etag: `"${name}"` });
  return `${server.url}/${name}`;
}

const sourceBucket = 'sources';

async function putObject(store: EmulatedS3, Key: string, Body: Uint8Array): Promise<string> {
  const client = clientOf(store);
  await client.send(new CreateBucketCommand({ Bucket: sourceBucket })).catch(() => undefined);
  await client.send(new PutObjectCommand({ Bucket: sourceBucket, Key, Body, ContentType: 'video/mp4' }));
  client.destroy();
  return `s3://${new URL(store.endpoint).host}/${sourceBucket}/${Key}`;
}

/** The keys of what stands in a bucket. */
export async function keysIn(store: EmulatedS3, bucket: string): Promise<string[]> {
  const client = clientOf(store);
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  client.destroy();
  return Contents.map(({ Key = '' }) => Key);
}

/** The keys of the uploads in a bucket that were begun and neither completed nor ended. */
export async function openUploadsIn(store: EmulatedS3, bucket: string): Promise<string[]> {
  const client = clientOf(store);
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  client.destroy();
  return Uploads.map(({ Key = '' }) => Key);
}

function clientOf({ endpoint, region, accessKeyId, secretAccessKey }: EmulatedS3): S3Client {
  return new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true });
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 100_000) yield bytes.subarray(at, at + 100_000);
}
