import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { listen } from '../server/http-server.js';
import type { Rooms } from '../server/rooms.js';
import { addressFor, type OpenedBucket, openUploadBucket } from '../uploads/upload-bucket.js';
import { createUploadDoor } from '../uploads/upload-door.js';
import { refusal } from './answers.js';
import { createEndpoint } from './create-endpoint.js';
import { type Endpoint, exchange } from './exchange.js';
import { type FireworkState, signingTime } from './firework-state.js';
import { type FireworkCounts, FireworkLedger, type FireworkRequest } from './ledger.js';
import { sendPoster } from './posters.js';
import type { ResolvedFireworkSettings } from './settings.js';
import { STAGING } from './staging.js';
import { tokenEndpoint } from './token-endpoint.js';
import { Tokens } from './tokens.js';
import { completeEndpoint, multipartSignaturesEndpoint, signatureEndpoint } from './upload-endpoints.js';
import { type EmulatedUpload, noteTry } from './upload-session.js';
import type { EmulatedVideo, EmulatedVideoImport } from './video.js';
import { importStatusEndpoint, updateEndpoint, videoEndpoint } from './video-endpoints.js';
import { type FireworkWebhookDelivery, FireworkWebhooks } from './webhooks.js';

/** The emulated Firework as tests see it. Everything it hands out is a copy. */
export interface EmulatedFirework {
  /** What a client takes for `https://api.firework.com`. */
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  channelId: string;
  webhookSecret: string;
  /** Every video that was created, oldest first. */
  videos(): EmulatedVideo[];
  /** Every import by URL in the background, oldest first. */
  imports(): EmulatedVideoImport[];
  /** Every upload that was signed for, oldest first. */
  uploads(): EmulatedUpload[];
  counts(): FireworkCounts;
  /** The newest requests to the API, oldest first. */
  requests(): FireworkRequest[];
  webhooks(): FireworkWebhookDelivery[];
  /** Where webhooks go from now on; undefined for nowhere. */
  setWebhookUrl(url: string | undefined): void;
  /** Whether transcoding fails from now on. */
  setFailTranscoding(failTranscoding: boolean | string): void;
  /** Ends every token at once, as a provider may. */
  revokeTokens(): void;
}

/** The emulated Firework as the emulator holds it. */
export interface FireworkHouse {
  view: EmulatedFirework;
  routes: Hono<{ Bindings: HttpBindings }>;
  /** Waits for what is under way; the rooms' `closing` must have aborted. */
  close(): Promise<void>;
}

/** Sets up a Firework. */
export async function createFirework(
  rooms: Rooms,
  settings: ResolvedFireworkSettings,
  place: { host: string; directory: string },
): Promise<FireworkHouse> {
  await rooms.objects.createBucket(STAGING);
  const now = () => signingTime({ rooms, settings });
  const bucket = await openUploadBucket(rooms, settings.uploads, { ...place, name: 'firework', now });
  const state = createState(rooms, settings, bucket);
  const { ledger, uploads } = state;
  const count = ledger.count.bind(ledger);
  const door = createUploadDoor({ rooms, count, find: (key) => uploads.get(key), noted: noteTry }, bucket.listener);
  const server = await listen(door, { host: place.host, port: 0, awaitsContinue: true });
  state.bucket.door = addressFor(bucket.store, server.url);
  return {
    view: createView(state),
    routes: createRoutes(state),
    close: async () => {
      await server.close();
      await Promise.allSettled(state.tasks);
      await bucket.close();
    },
  };
}

function createState(rooms: Rooms, settings: ResolvedFireworkSettings, bucket: OpenedBucket): FireworkState {
  const tasks = new Set<Promise<void>>();
  const { store, client, digest } = bucket;
  return {
    rooms,
    settings,
    ledger: new FireworkLedger(settings.keepRequests),
    tokens: new Tokens(settings, rooms.clock),
    webhooks: new FireworkWebhooks(rooms, settings, tasks),
    bucket: { store, client, digest, door: '' },
    uploads: new Map(),
    videos: new Map(),
    imports: new Map(),
    windows: new Map(),
    tasks,
  };
}

function createRoutes(state: FireworkState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const endpoints: Endpoint[] = [
    tokenEndpoint(state),
    signatureEndpoint(state),
    multipartSignaturesEndpoint(state),
    completeEndpoint(state),
    createEndpoint(state),
    importStatusEndpoint(state),
    videoEndpoint(state),
    updateEndpoint(state),
  ];
  for (const endpoint of endpoints) {
    app.on(endpoint.method, endpoint.path, (context) => exchange(state, context, endpoint));
  }
  app.get('/cdn/:key', (context) => sendPoster(state, context, context.req.param('key')));
  app.all('*', (context) => {
    const { method, path } = context.req;
    state.rooms.log.add({ provider: 'firework', method, path, status: 404, note: 'no such endpoint' });
    return context.json(refusal(404, 'Not found').body, 404);
  });
  return app;
}

function createView(state: FireworkState): EmulatedFirework {
  const { settings, ledger, webhooks } = state;
  return {
    baseUrl: `${state.rooms.url}/firework`,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    channelId: settings.channels[0],
    webhookSecret: settings.webhookSecret,
    videos: () => structuredClone([...state.videos.values()]),
    imports: () => structuredClone([...state.imports.values()]),
    uploads: () => structuredClone([...state.uploads.values()]),
    counts: () => ledger.counts(),
    requests: () => structuredClone(ledger.requests()),
    webhooks: () => webhooks.deliveries(),
    setWebhookUrl: (url) => {
      webhooks.url = url;
    },
    setFailTranscoding: (failTranscoding) => {
      settings.failTranscoding = failTranscoding;
    },
    revokeTokens: () => state.tokens.revokeAll(),
  };
}
