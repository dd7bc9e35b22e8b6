import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Rooms } from '../server/rooms.js';
import { Callbacks, type VideoCdnCallback } from './callbacks.js';
import type { EmulatedCdnFile } from './cdn-file.js';
import { deliver } from './delivery.js';
import { exchange } from './exchange.js';
import { type VideoCdnCounts, VideoCdnLedger, type VideoCdnPoint, type VideoCdnRequest } from './ledger.js';
import { OneTimePasswords } from './one-time-passwords.js';
import { pullFile } from './pull-file.js';
import { PullQueue } from './pull-queue.js';
import type { ResolvedVideoCdnSettings } from './settings.js';
import { VIDEO_CDN_BUCKET, type VideoCdnState } from './state.js';

/** The emulated Video CDN as tests see it. Everything it hands out is a copy. */
export interface EmulatedVideoCdn {
  /** What a client takes for `https://cp.ahcdn.com/api2`. */
  baseUrl: string;
  login: string;
  password: string;
  /** Where files are delivered, by their names. */
  deliveryUrl: string;
  /** Every file that there is, in the order of its last add. */
  files(): EmulatedCdnFile[];
  /** The names of the files that wait to be pulled, the next one first. */
  queue(): string[];
  /** The names of the files whose pull was begun, in that order. */
  order(): string[];
  counts(): VideoCdnCounts;
  /** The newest requests, oldest first. */
  requests(): VideoCdnRequest[];
  callbacks(): VideoCdnCallback[];
  /** How many files are pulled at once from now on; 0 for none. */
  setPulls(pulls: number): void;
}

/** The emulated Video CDN as the emulator holds it. */
export interface VideoCdnHouse {
  view: EmulatedVideoCdn;
  routes: Hono<{ Bindings: HttpBindings }>;
  /** Waits for what is under way; the rooms' `closing` must have aborted. */
  close(): Promise<void>;
}

/** Sets up a Video CDN. @param directory for files on their way */
export async function createVideoCdn(
  rooms: Rooms,
  settings: ResolvedVideoCdnSettings,
  directory: string,
): Promise<VideoCdnHouse> {
  await rooms.objects.createBucket(VIDEO_CDN_BUCKET);
  const pulls = new Set<Promise<void>>();
  const tasks = new Set<Promise<void>>();
  const state: VideoCdnState = {
    rooms,
    directory,
    settings,
    ledger: new VideoCdnLedger(settings.keepRequests),
    passwords: new OneTimePasswords(settings.login, settings.password),
    callbacks: new Callbacks(rooms, settings, tasks),
    queue: new PullQueue(settings.pulls, (file) => {
      const pull = pullFile(state, file).finally(() => pulls.delete(pull));
      pulls.add(pull);
      return pull;
    }),
    files: new Map(),
    lastId: 100_000,
    tasks,
  };
  return {
    view: createView(state),
    routes: createRoutes(state),
    close: async () => {
      state.queue.setPulls(0);
      await Promise.allSettled(pulls);
      await Promise.allSettled(state.tasks);
    },
  };
}

const PATHS: Record<VideoCdnPoint, string> = { add: '/file/add', list: '/file/list', delete: '/file/delete' };

function createRoutes(state: VideoCdnState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const point of ['add', 'list', 'delete'] as const) {
    app.post(`/api2${PATHS[point]}`, (context) => exchange(state, context, point));
  }
  app.get('/delivery/*', (context) => deliver(state, context));
  app.all('*', (context) => {
    const { method, path } = context.req;
    state.rooms.log.add({ provider: 'video-cdn', method, path, status: 404, note: 'no such endpoint' });
    return context.json({ status: 'error', error: 'not found' }, 404);
  });
  return app;
}

function createView(state: VideoCdnState): EmulatedVideoCdn {
  const { settings, ledger, callbacks, queue } = state;
  const url = `${state.rooms.url}/video-cdn`;
  return {
    baseUrl: `${url}/api2`,
    login: settings.login,
    password: settings.password,
    deliveryUrl: `${url}/delivery`,
    files: () => structuredClone([...state.files.values()].map(({ shown }) => shown)),
    queue: () => queue.waiting(),
    order: () => queue.begun(),
    counts: () => ledger.counts(),
    requests: () => structuredClone(ledger.requests()),
    callbacks: () => callbacks.callbacks(),
    setPulls: (pulls) => queue.setPulls(pulls),
  };
}
