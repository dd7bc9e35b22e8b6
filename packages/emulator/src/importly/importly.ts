import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Rooms } from '../server/rooms.js';
import { importStatusEndpoint, metadataEndpoint, metadataStatusEndpoint, startEndpoint } from './endpoints.js';
import { type Endpoint, exchange } from './exchange.js';
import { IMPORTLY_BUCKET, SourceFetcher } from './fetch-source.js';
import type { ImportlyState } from './importly-state.js';
import type { EmulatedImport, EmulatedMetadataJob } from './job.js';
import { type ImportlyCounts, type ImportlyRequest, Ledger } from './ledger.js';
import { sendMedia } from './media-route.js';
import { RateLimits } from './rate-limits.js';
import type { ImportRunner } from './run-import.js';
import type { ResolvedImportlySettings } from './settings.js';
import { UserBucket } from './user-bucket.js';
import { type WebhookDelivery, Webhooks } from './webhooks.js';

/** The emulated Importly as tests see it. Everything it hands out is a copy. */
export interface EmulatedImportly {
  /** What a client takes for `https://api.importly.io`. */
  baseUrl: string;
  apiKey: string;
  /** Every import that was accepted, oldest first. */
  imports(): EmulatedImport[];
  /** Every metadata job that was accepted, oldest first. */
  metadataJobs(): EmulatedMetadataJob[];
  counts(): ImportlyCounts;
  /** The newest requests, oldest first. */
  requests(): ImportlyRequest[];
  webhooks(): WebhookDelivery[];
  /** What the account has left. */
  credits(): number;
  setCredits(credits: number): void;
}

/** The emulated Importly as the emulator holds it. */
export interface ImportlyHouse {
  view: EmulatedImportly;
  routes: Hono<{ Bindings: HttpBindings }>;
  /** Waits for what is under way; the rooms' `closing` must have aborted. */
  close(): Promise<void>;
}

/** Sets up an Importly. */
export async function createImportly(rooms: Rooms, settings: ResolvedImportlySettings): Promise<ImportlyHouse> {
  await rooms.objects.createBucket(IMPORTLY_BUCKET);
  const state = createState(rooms, settings);
  const bucket = settings.storage ? new UserBucket(settings.storage, rooms.closing) : undefined;
  const runner: ImportRunner = { state, fetcher: new SourceFetcher(state), bucket };
  return {
    view: createView(state),
    routes: createRoutes(runner),
    close: async () => {
      await Promise.allSettled(state.tasks);
      await bucket?.close();
    },
  };
}

function createState(rooms: Rooms, settings: ResolvedImportlySettings): ImportlyState {
  const tasks = new Set<Promise<void>>();
  return {
    rooms,
    settings,
    limits: new RateLimits(rooms.clock, settings),
    ledger: new Ledger(rooms.clock, settings),
    webhooks: new Webhooks(rooms, settings, tasks),
    imports: new Map(),
    metadataJobs: new Map(),
    active: { imports: new Set(), metadata: new Set() },
    account: { credits: settings.credits },
    tasks,
  };
}

function createRoutes(runner: ImportRunner): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const serve = (method: 'GET' | 'POST', endpoint: Endpoint) =>
    app.on(method, endpoint.path, (context) => exchange(runner.state, context, endpoint));
  serve('POST', startEndpoint(runner));
  serve('GET', importStatusEndpoint(runner));
  for (const kind of ['metadata', 'metadata/basic'] as const) {
    serve('GET', metadataEndpoint(runner, kind));
    serve('POST', metadataEndpoint(runner, kind));
    serve('GET', metadataStatusEndpoint(runner, kind));
  }
  app.get('/storage/:id/:name', (context) => sendMedia(runner.state, context, context.req.param('id')));
  app.all('*', (context) => {
    const { method, path } = context.req;
    runner.state.rooms.log.add({ provider: 'importly', method, path, status: 404, note: 'no such endpoint' });
    return context.json({ success: false, error: 'Not found' }, 404);
  });
  return app;
}

function createView(state: ImportlyState): EmulatedImportly {
  return {
    baseUrl: `${state.rooms.url}/importly`,
    apiKey: state.settings.apiKeys[0],
    imports: () => structuredClone([...state.imports.values()]),
    metadataJobs: () => structuredClone([...state.metadataJobs.values()]),
    counts: () => state.ledger.counts(),
    requests: () => structuredClone(state.ledger.requests()),
    webhooks: () => state.webhooks.deliveries(),
    credits: () => state.account.credits,
    setCredits: (credits) => {
      state.account.credits = credits;
    },
  };
}
