import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { HurriedClock } from './clock/clock.js';
import type { EmulatedMediaFile, EmulatedProvider, Emulator } from './emulator-view.js';
import { Faults } from './faults/faults.js';
import { createFirework } from './firework/firework.js';
import { resolveFireworkSettings } from './firework/settings.js';
import { createImportly } from './importly/importly.js';
import { resolveImportlySettings } from './importly/settings.js';
import { EmulatorLog } from './log/log.js';
import { mediaRoutes } from './media/media-routes.js';
import { readSampleFiles, type SampleFile } from './media/sample-files.js';
import { ObjectStore } from './object-store/object-store.js';
import { type S3Server, startS3 } from './object-store/s3-server.js';
import type { EmulatorOptions } from './options.js';
import { controlRoutes } from './server/control.js';
import { HttpClient } from './server/http-client.js';
import { type AsyncListener, type ListeningServer, listen } from './server/http-server.js';
import type { Rooms } from './server/rooms.js';
import { resolveTwelvelabsSettings } from './twelvelabs/settings.js';
import { createTwelvelabs } from './twelvelabs/twelvelabs.js';
import { resolveVideoCdnSettings } from './video-cdn/settings.js';
import { createVideoCdn } from './video-cdn/video-cdn.js';

type App = Hono<{ Bindings: HttpBindings }>;

/** What was opened so far, to be closed in reverse order, also when the start itself fails half-way. */
type Closers = (() => void | Promise<void>)[];

/** Starts the emulator on loopback. Rejects when a port is taken or an option makes no sense; nothing is left then. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const closers: Closers = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    return await furnish(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function furnish(options: EmulatorOptions, closers: Closers, close: () => Promise<void>): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0 } = options;
  const files = await readSampleFiles();
  const directory = await openDirectory(options, closers);
  const door = createDoor();
  const server = await listen(door.listener, { host, port });
  closers.push(() => server.close());
  const rooms = createRooms(options, server, directory);
  closers.push(() => rooms.client.close());
  const s3 = await startS3({ ...options.s3 }, { host, directory: join(directory, 's3'), log: rooms.log });
  closers.push(() => s3.close());
  const settings = resolveImportlySettings(options.importly ?? {}, userBucketOf(s3));
  const importly = await createImportly(rooms, settings);
  closers.push(() => importly.close());
  const firework = await createFirework(rooms, resolveFireworkSettings(options.firework ?? {}), { host, directory });
  closers.push(() => firework.close());
  const videoCdn = await createVideoCdn(
    rooms,
    resolveVideoCdnSettings(options.videoCdn ?? {}, s3.view.region),
    directory,
  );
  closers.push(() => videoCdn.close());
  const place = { host, directory, connected: s3.face.store };
  const twelvelabs = await createTwelvelabs(rooms, resolveTwelvelabsSettings(options.twelvelabs ?? {}), place);
  closers.push(() => twelvelabs.close());
  closers.push(() => rooms.clock.close(), rooms.shutDown);
  const emulator: Emulator = {
    url: rooms.url,
    clock: rooms.clock,
    importly: importly.view,
    firework: firework.view,
    videoCdn: videoCdn.view,
    twelvelabs: twelvelabs.view,
    providers: providersOf({
      importly: importly.view,
      firework: firework.view,
      videoCdn: videoCdn.view,
      twelvelabs: twelvelabs.view,
    }),
    s3: s3.view,
    media: { url: `${rooms.url}/media`, files: files.map((file) => describeFile(rooms.url, file)) },
    faults: rooms.faults,
    close,
  };
  const app: App = new Hono();
  app.get('/', (context) => context.text(signpost(emulator)));
  app.route('/importly', importly.routes);
  app.route('/firework', firework.routes);
  app.route('/video-cdn', videoCdn.routes);
  app.route('/twelvelabs', twelvelabs.routes);
  app.route('/media', mediaRoutes(files, rooms.log));
  app.route('/_emulator', controlRoutes(emulator, rooms));
  door.open(app);
  return emulator;
}

async function openDirectory({ directory }: EmulatorOptions, closers: Closers): Promise<string> {
  if (directory !== undefined) {
    await mkdir(directory, { recursive: true });
    return directory;
  }
  const temporary = await mkdtemp(join(tmpdir(), 'sluice-emulator-'));
  closers.push(() => rm(temporary, { recursive: true, force: true }));
  return temporary;
}

function createRooms(
  { speed = 1, faults, log, ca }: EmulatorOptions,
  { url }: ListeningServer,
  directory: string,
): Rooms & { shutDown: () => void } {
  const closing = new AbortController();
  // Every sleep, download and delivery listens to it.
  setMaxListeners(0, closing.signal);
  return {
    url,
    clock: new HurriedClock(speed),
    faults: new Faults(faults),
    log: new EmulatorLog(log),
    objects: new ObjectStore(join(directory, 'providers')),
    client: new HttpClient(ca),
    closing: closing.signal,
    shutDown: () => closing.abort(new Error('the emulator closes')),
  };
}

/** The port must be known before the rooms can be furnished; until then callers are told to wait. */
function createDoor(): { listener: AsyncListener; open(app: App): void } {
  let inside: AsyncListener = async (_incoming, outgoing) => void outgoing.writeHead(503).end();
  return {
    listener: (incoming, outgoing) => inside(incoming, outgoing),
    open: (app) => {
      // The emulator also runs in the process of the test that uses it, and leaves that one's globals alone.
      inside = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    },
  };
}

/** For whoever opens the emulator's address to see what it is. */
function signpost({ url, importly, firework, videoCdn, twelvelabs, s3, media }: Emulator): string {
  return [
    'The Sluice provider emulator.',
    `Importly       ${importly.baseUrl}`,
    `Firework       ${firework.baseUrl}`,
    `Video CDN      ${videoCdn.baseUrl}`,
    `TwelveLabs     ${twelvelabs.baseUrl}`,
    `S3             ${s3.endpoint}, bucket ${s3.bucket}`,
    ...media.files.map((file) => `sample media   ${file.url}`),
    `any size       ${media.url}/padded/50000000/clip.mp4`,
    `state and log  ${url}/_emulator/state, ${url}/_emulator/log`,
    '',
  ].join('\n');
}

function userBucketOf({ view }: S3Server) {
  return { ...view, prefix: '', storageClass: 'STANDARD', returnLocation: true };
}

function providersOf({
  importly,
  firework,
  videoCdn,
  twelvelabs,
}: Pick<Emulator, 'importly' | 'firework' | 'videoCdn' | 'twelvelabs'>): Record<string, EmulatedProvider> {
  const { clientId, clientSecret, channelId } = firework;
  const { apiKey, indexId } = twelvelabs;
  return {
    importly: { adapter: '@sluice/importly', apiKey: importly.apiKey, baseUrl: importly.baseUrl },
    firework: { adapter: '@sluice/firework', clientId, clientSecret, channelId, baseUrl: firework.baseUrl },
    'video-cdn': {
      adapter: '@sluice/video-cdn',
      login: videoCdn.login,
      password: videoCdn.password,
      baseUrl: videoCdn.baseUrl,
    },
    twelvelabs: { adapter: '@sluice/twelvelabs', apiKey, indexId, baseUrl: twelvelabs.baseUrl },
  };
}

function describeFile(url: string, { name, bytes, sha256, durationSeconds }: SampleFile): EmulatedMediaFile {
  return { name, url: `${url}/media/${name}`, size: bytes.length, sha256, durationSeconds };
}
