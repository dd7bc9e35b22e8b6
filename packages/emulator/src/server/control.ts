import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import * as z from 'zod';
import type { Emulator } from '../emulator-view.js';
import { faultRuleSchema } from '../faults/rule.js';
import { shownCallback } from '../video-cdn/callbacks.js';
import type { Rooms } from './rooms.js';

const rules = z.array(faultRuleSchema);
const clockChange = z.strictObject({ advanceMs: z.number().nonnegative() });
const importlyChange = z.strictObject({ credits: z.number() });
const fireworkChange = z.strictObject({
  webhookUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .exactOptional(),
  failTranscoding: z.union([z.boolean(), z.string().min(1)]).exactOptional(),
  revokeTokens: z.literal(true).exactOptional(),
});

const videoCdnChange = z.strictObject({ pulls: z.int().min(0) });
const twelvelabsChange = z.strictObject({
  webhookUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .exactOptional(),
  withdrawn: z
    .union([z.literal(404), z.literal(410)])
    .nullable()
    .exactOptional(),
});

/**
 * Steers an emulator that runs as a process of its own:
 * - GET /state: everything that `Emulator` shows;
 * - POST /faults (a rule or a list of them), DELETE /faults;
 * - POST /clock `{"advanceMs": …}`, POST /importly `{"credits": …}`;
 * - POST /firework with any of `{"webhookUrl": … or null, "failTranscoding": …, "revokeTokens": true}`;
 * - POST /video-cdn `{"pulls": …}`: how many files it pulls at once;
 * - POST /twelvelabs with any of `{"webhookUrl": … or null, "withdrawn": 404, 410 or null}`;
 * - GET /log?limit=…: the newest entries, oldest first.
 */
export function controlRoutes(emulator: Emulator, rooms: Rooms): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, context) => {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
    return context.json({ error: message }, 400);
  });
  app.get('/state', (context) => context.json(stateOf(emulator)));
  app.post('/faults', async (context) => {
    const body: unknown = await context.req.json();
    for (const rule of rules.parse(Array.isArray(body) ? body : [body])) emulator.faults.add(rule);
    return context.json(emulator.faults.fired());
  });
  app.delete('/faults', (context) => {
    emulator.faults.clear();
    return context.json(emulator.faults.fired());
  });
  app.post('/clock', async (context) => {
    emulator.clock.advance(clockChange.parse(await context.req.json()).advanceMs);
    return context.json({ now: emulator.clock.now(), speed: emulator.clock.speed });
  });
  app.post('/importly', async (context) => {
    emulator.importly.setCredits(importlyChange.parse(await context.req.json()).credits);
    return context.json({ credits: emulator.importly.credits() });
  });
  app.post('/firework', async (context) => {
    const change = fireworkChange.parse(await context.req.json());
    if (change.webhookUrl !== undefined) emulator.firework.setWebhookUrl(change.webhookUrl ?? undefined);
    if (change.failTranscoding !== undefined) emulator.firework.setFailTranscoding(change.failTranscoding);
    if (change.revokeTokens) emulator.firework.revokeTokens();
    return context.json(change);
  });
  app.post('/video-cdn', async (context) => {
    const change = videoCdnChange.parse(await context.req.json());
    emulator.videoCdn.setPulls(change.pulls);
    return context.json({ ...change, queue: emulator.videoCdn.queue() });
  });
  app.post('/twelvelabs', async (context) => {
    const change = twelvelabsChange.parse(await context.req.json());
    if (change.webhookUrl !== undefined) emulator.twelvelabs.setWebhookUrl(change.webhookUrl ?? undefined);
    if (change.withdrawn !== undefined) emulator.twelvelabs.setWithdrawn(change.withdrawn ?? undefined);
    return context.json(change);
  });
  app.get('/log', (context) => context.json(rooms.log.newest(Number(context.req.query('limit') ?? 1000))));
  return app;
}

/** Everything but the secrets. */
function stateOf({ url, clock, importly, firework, videoCdn, twelvelabs, s3, media, faults }: Emulator) {
  return {
    url,
    clock: { now: clock.now(), speed: clock.speed },
    importly: {
      baseUrl: importly.baseUrl,
      credits: importly.credits(),
      counts: importly.counts(),
      imports: importly.imports(),
      metadataJobs: importly.metadataJobs(),
      requests: importly.requests(),
      webhooks: importly.webhooks(),
    },
    firework: {
      baseUrl: firework.baseUrl,
      channelId: firework.channelId,
      counts: firework.counts(),
      videos: firework.videos(),
      imports: firework.imports(),
      uploads: firework.uploads(),
      requests: firework.requests(),
      webhooks: firework.webhooks(),
    },
    videoCdn: {
      baseUrl: videoCdn.baseUrl,
      deliveryUrl: videoCdn.deliveryUrl,
      counts: videoCdn.counts(),
      files: videoCdn.files(),
      queue: videoCdn.queue(),
      order: videoCdn.order(),
      requests: videoCdn.requests(),
      callbacks: videoCdn.callbacks().map(({ url: callback, ...rest }) => ({ url: shownCallback(callback), ...rest })),
    },
    twelvelabs: {
      baseUrl: twelvelabs.baseUrl,
      indexId: twelvelabs.indexId,
      integrationId: twelvelabs.integrationId,
      counts: twelvelabs.counts(),
      indexes: twelvelabs.indexes(),
      transfers: twelvelabs.transfers(),
      assets: twelvelabs.assets(),
      indexed: twelvelabs.indexed(),
      sessions: twelvelabs.sessions(),
      requests: twelvelabs.requests(),
      webhooks: twelvelabs.webhooks(),
    },
    s3: { endpoint: s3.endpoint, region: s3.region, accessKeyId: s3.accessKeyId, bucket: s3.bucket },
    media,
    faults: faults.fired(),
  };
}
