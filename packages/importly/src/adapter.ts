import { defineAdapter, type JsonValue } from '@sluice/core/adapter';
import * as z from 'zod';
import { readRefusal } from './errors.js';
import { importlyOptionsSchema } from './options.js';
import { probeOf } from './probe.js';
import { readReference, sourceUrl } from './references.js';
import { importlySettingsSchema } from './settings.js';
import { readFirstSnapshot, readSnapshot } from './snapshot.js';
import { bucketPlace, checkName, storagePlace } from './storage.js';
import { readDelivery } from './webhook.js';
import { readAccepted, readImport, readRaw } from './wire-shapes.js';

const hourMs = 3_600_000;

/** Imports from http and https URLs into Importly, and through it into the user's own S3 bucket. */
export const importly = defineAdapter({
  name: 'importly',
  settings: importlySettingsSchema,
  options: importlyOptionsSchema,
  capabilities: {
    url: { schemes: ['http', 'https'] },
    // fileSizeBytes is the size of what Importly made, not of the source.
    checks: [],
    honours: ['name'],
    cancel: false,
    webhook: 'hint',
    idempotentStart: false,
    limits: {
      jobs: 2,
      starts: { max: 240, windowMs: hourMs },
      statuses: { max: 3_600, windowMs: hourMs },
      probes: { max: 1_000, windowMs: hourMs },
      probesAtOnce: 5,
    },
  },
  create: (settings) => ({
    wire: {
      baseUrl: settings.baseUrl,
      headers: { authorization: `Bearer ${settings.apiKey}` },
      readError: readRefusal,
    },
    check: checkName,
    place: bucketPlace,
    async start(request, context) {
      const { webhookUrl = context.callbackUrl, ...options } = request.options;
      const json = {
        ...{ url: sourceUrl(request), ...storagePlace(request), ...options },
        ...(webhookUrl !== undefined && { webhookUrl }),
      };
      const accepted = readAccepted(await context.http.call({ method: 'POST', path: '/import', json }));
      const memo: JsonValue = { store: request.options.store === true };
      return { ref: accepted.id, memo, snapshot: readFirstSnapshot(accepted) };
    },
    async status(ref, context) {
      const id = readReference(ref);
      const answer = await context.http.call({ method: 'GET', path: '/import/status', query: { id } });
      const stored = memoSchema.parse(context.memo ?? {}).store;
      return readSnapshot(readImport(answer), { id, raw: readRaw(answer), stored, now: context.now() });
    },
    probe: probeOf(settings),
    webhook: (delivery) => readDelivery(delivery, settings.webhook),
  }),
});

const memoSchema = z.object({ store: z.boolean().default(false) });
