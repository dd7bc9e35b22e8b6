import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { ObjectStore } from '../object-store/object-store.js';
import { listen } from '../server/http-server.js';
import type { Rooms } from '../server/rooms.js';
import { addressFor, type OpenedBucket, openUploadBucket } from '../uploads/upload-bucket.js';
import { createUploadDoor } from '../uploads/upload-door.js';
import { noteParts } from '../uploads/upload-try.js';
import { refusal } from './answers.js';
import { assetEndpoints } from './asset-endpoints.js';
import { exchange } from './exchange.js';
import { importEndpoints } from './import-endpoints.js';
import { indexEndpoints } from './index-endpoints.js';
import { indexedEndpoints } from './indexed-endpoints.js';
import { type TwelvelabsCounts, TwelvelabsLedger, type TwelvelabsRequest } from './ledger.js';
import { ASSETS } from './process-asset.js';
import { RateLimit } from './rate-limit.js';
import { sessionEndpoints } from './session-endpoints.js';
import type { ResolvedTwelvelabsSettings } from './settings.js';
import type {
  EmulatedAsset,
  EmulatedIndex,
  EmulatedIndexedAsset,
  EmulatedSession,
  EmulatedTransfer,
} from './things.js';
import { signingTime, type TwelvelabsState } from './twelvelabs-state.js';
import { type TwelvelabsWebhookDelivery, TwelvelabsWebhooks } from './webhooks.js';

/** The emulated TwelveLabs as tests see it. Everything it hands out is a copy. */
export interface EmulatedTwelvelabs {
  /** What a client takes for `https://api.twelvelabs.io/v1.3`. */
  baseUrl: string;
  apiKey: string;
  indexId: string;
  integrationId: string;
  webhookSecret: string;
  /** Puts a file into the bucket of an integration, in the emulator's own S3; of the first one unless named. */
  addFile(name: string, bytes: Uint8Array, integrationId?: string): Promise<void>;
  indexes(): EmulatedIndex[];
  /** Every import from an integration, oldest first; so are the others. */
  transfers(): EmulatedTransfer[];
  assets(): EmulatedAsset[];
  indexed(): EmulatedIndexedAsset[];
  sessions(): EmulatedSession[];
  counts(): TwelvelabsCounts;
  /** The newest requests to the API, oldest first. */
  requests(): TwelvelabsRequest[];
  webhooks(): TwelvelabsWebhookDelivery[];
  /** Where webhooks go from now on; undefined for nowhere. */
  setWebhookUrl(url: string | undefined): void;
  /** Whether the calls about integrations are gone from now on, and how that is said. */
  setWithdrawn(status: 404 | 410 | undefined): void;
}

/** The emulated TwelveLabs as the emulator holds it. */
export interface TwelvelabsHouse {
  view: EmulatedTwelvelabs;
  routes: Hono<{ Bindings: HttpBindings }>;
  /** Waits for what is under way; the rooms' `closing` must have aborted. */
  close(): Promise<void>;
}

/** Where things are put, and the store that connected buckets are in. */
interface Place {
  host: string;
  directory: string;
  connected: ObjectStore;
}

/** Sets up a TwelveLabs. */
export async function createTwelvelabs(
  rooms: Rooms,
  settings: ResolvedTwelvelabsSettings,
  { host, directory, connected }: Place,
): Promise<TwelvelabsHouse> {
  await rooms.objects.createBucket(ASSETS);
  for (const { bucket } of settings.integrations) await connected.createBucket(bucket);
  const now = () => signingTime({ rooms, settings });
  const bucket = await openUploadBucket(rooms, settings.uploads, { host, directory, name: 'twelvelabs', now });
  const state = createState({ rooms, settings, bucket, connected });
  const { ledger } = state;
  const count = ledger.count.bind(ledger);
  const find = (key: string) => [...state.sessions.values()].find((session) => session.key === key);
  const noted = (session: EmulatedSession, attempt: EmulatedSession['tries'][number]) => {
    session.parts = noteParts(session.parts, session.tries, attempt);
  };
  const door = createUploadDoor({ rooms, count, find, noted }, bucket.listener);
  const server = await listen(door, { host, port: 0, awaitsContinue: true });
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

function createState({
  rooms,
  settings,
  bucket: { store, client, digest },
  connected,
}: {
  rooms: Rooms;
  settings: ResolvedTwelvelabsSettings;
  bucket: OpenedBucket;
  connected: ObjectStore;
}): TwelvelabsState {
  const tasks = new Set<Promise<void>>();
  const createdAt = rooms.clock.now();
  const indexes = settings.indexes.map(({ id, name, models }): [string, EmulatedIndex] => [
    id,
    { id, name, models: [...models], createdAt, digests: [] },
  ]);
  return {
    rooms,
    settings: { ...settings },
    ledger: new TwelvelabsLedger(settings.keepRequests),
    limit: new RateLimit(rooms.clock, settings.limits),
    webhooks: new TwelvelabsWebhooks(rooms, settings, tasks),
    bucket: { store, client, digest, door: '' },
    connected,
    indexes: new Map(indexes),
    assets: new Map(),
    indexed: new Map(),
    sessions: new Map(),
    transfers: [],
    facts: new Map(),
    tasks,
  };
}

function createRoutes(state: TwelvelabsState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  // Sessions come first: their path would pass for an asset's.
  const endpoints = [
    ...sessionEndpoints(state),
    ...assetEndpoints(state),
    ...indexEndpoints(state),
    ...indexedEndpoints(state),
    ...importEndpoints(state),
  ];
  for (const endpoint of endpoints) {
    app.on(endpoint.method, endpoint.path, (context) => exchange(state, context, endpoint));
  }
  app.all('*', (context) => {
    const { method, path } = context.req;
    state.rooms.log.add({ provider: 'twelvelabs', method, path, status: 404, note: 'no such endpoint' });
    return context.json(refusal(404, 'endpoint_not_found', 'This endpoint does not exist').body, 404);
  });
  return app;
}

function createView(state: TwelvelabsState): EmulatedTwelvelabs {
  const { settings, ledger, webhooks, connected } = state;
  const [integration] = settings.integrations;
  return {
    baseUrl: `${state.rooms.url}/twelvelabs`,
    apiKey: settings.apiKeys[0] ?? '',
    indexId: settings.indexes[0].id,
    integrationId: integration.id,
    webhookSecret: settings.webhookSecret,
    addFile: async (name, bytes, integrationId = integration.id) => {
      const { bucket, prefix } = settings.integrations.find(({ id }) => id === integrationId) ?? integration;
      const pieces = (async function* () {
        yield Buffer.from(bytes);
      })();
      await connected.put({ bucket, key: `${prefix}${name}`, bytes: pieces, contentType: 'video/mp4' });
    },
    indexes: () => structuredClone([...state.indexes.values()]),
    transfers: () => structuredClone(state.transfers),
    assets: () => structuredClone([...state.assets.values()]),
    indexed: () => structuredClone([...state.indexed.values()]),
    sessions: () => structuredClone([...state.sessions.values()]),
    counts: () => ledger.counts(),
    requests: () => structuredClone(ledger.requests()),
    webhooks: () => webhooks.deliveries(),
    setWebhookUrl: (url) => {
      webhooks.url = url;
    },
    setWithdrawn: (withdrawn) => {
      state.settings.withdrawn = withdrawn;
    },
  };
}
