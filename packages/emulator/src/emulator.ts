import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { HurriedClock } from './clock/clock.js';
import { Faults, type FiredFault } from './faults/faults.js';
import type { FaultRule } from './faults/rule.js';
import { createImportly, type EmulatedImportly } from './importly/importly.js';
import { resolveImportlySettings } from './importly/settings.js';
import { EmulatorLog } from './log/log.js';
import { mediaRoutes } from './media/media-routes.js';
import { readSampleFiles, type SampleFile } from './media/sample-files.js';
import { ObjectStore } from './object-store/object-store.js';
import type { EmulatorOptions } from './options.js';
import { controlRoutes } from './server/control.js';
import { HttpClient } from './server/http-client.js';
import { listen } from './server/http-server.js';
import type { Rooms } from './server/rooms.js';

/** A sample file that the emulator serves as a source. */
export interface EmulatedMediaFile {
  name: string;
  url: string;
  size: number;
  /** Hex. */
  sha256: string;
  durationSeconds: number;
}

/** The emulator, listening. */
export interface Emulator {
  /** Without a slash at its end. */
  url: string;
  /** The providers' clock: ms since the epoch. */
  clock: { now(): number; readonly speed: number; advance(ms: number): void };
  importly: EmulatedImportly;
  /** Sample media to import. */
  media: { url: string; files: EmulatedMediaFile[] };
  faults: { add(rule: FaultRule): void; clear(): void; fired(): FiredFault[] };
  /** Stops everything: no timer, no socket and no temporary file is left. */
  close(): Promise<void>;
}

/** Starts the emulator on loopback. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, speed = 1 } = options;
  const files = await readSampleFiles();
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'sluice-emulator-')));
  await mkdir(directory, { recursive: true });
  const door = createDoor();
  const server = await listen(door.listener, host, port);
  const closing = new AbortController();
  // Every sleep, download and delivery listens to it.
  setMaxListeners(0, closing.signal);
  const rooms: Rooms = {
    url: server.url,
    clock: new HurriedClock(speed),
    faults: new Faults(options.faults),
    log: new EmulatorLog(options.log),
    objects: new ObjectStore(join(directory, 'providers')),
    client: new HttpClient(),
    closing: closing.signal,
  };
  const importly = await createImportly(rooms, resolveImportlySettings(options.importly ?? {}, undefined));
  const emulator: Emulator = {
    url: rooms.url,
    clock: rooms.clock,
    importly: importly.view,
    media: { url: `${rooms.url}/media`, files: files.map((file) => describeFile(rooms.url, file)) },
    faults: rooms.faults,
    close: async () => {
      closing.abort();
      rooms.clock.close();
      await importly.close();
      rooms.client.close();
      await server.close();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.route('/importly', importly.routes);
  app.route('/media', mediaRoutes(files, rooms.log));
  app.route('/_emulator', controlRoutes(emulator, rooms));
  door.open(app);
  return emulator;
}

/** The port must be known before the rooms can be furnished; until then callers are told to wait. */
function createDoor(): { listener: RequestListener; open(app: Hono<{ Bindings: HttpBindings }>): void } {
  let inside: RequestListener = (_incoming, outgoing) => outgoing.writeHead(503).end();
  return {
    listener: (incoming, outgoing) => inside(incoming, outgoing),
    open: (app) => {
      // The emulator runs in the process of its test too, and leaves that one's globals alone.
      const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
      inside = (incoming, outgoing) => void answer(incoming, outgoing);
    },
  };
}

function describeFile(url: string, { name, bytes, sha256, durationSeconds }: SampleFile): EmulatedMediaFile {
  return { name, url: `${url}/media/${name}`, size: bytes.length, sha256, durationSeconds };
}
