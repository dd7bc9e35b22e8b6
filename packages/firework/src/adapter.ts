import { defineAdapter, renewable } from '@sluice/core/adapter';
import { fetchToken } from './authorization.js';
import { callsOf, videoPath } from './calls.js';
import { checkRequest } from './check.js';
import { createVideo, videosPath } from './create-video.js';
import { readRefusal } from './errors.js';
import { fireworkOptionsSchema } from './options.js';
import { readReference } from './references.js';
import { fireworkSettingsSchema } from './settings.js';
import { importSnapshot, videoSnapshot } from './snapshot.js';
import { uploadOf } from './upload.js';
import { channelOf } from './video-fields.js';
import { waysOf } from './ways.js';
import { readDelivery } from './webhook.js';
import { readImport, readRaw, readVideo } from './wire-shapes.js';

/** Brings videos to Firework: files in one piece or in parts, and http and https URLs. */
export const firework = defineAdapter({
  name: 'firework',
  settings: fireworkSettingsSchema,
  options: fireworkOptionsSchema,
  // "We recommend polling at 5–10 second intervals" (Videos page, 6.3).
  pollIntervalMs: 5_000,
  capabilities: {
    url: { schemes: ['http', 'https'] },
    upload: {
      ways: waysOf(fireworkSettingsSchema.parse({ clientId: 'any', clientSecret: 'any' })),
      canList: false,
      canSign: false,
    },
    // Firework tells neither size nor digest of what it has.
    checks: [],
    honours: ['name', 'title', 'description', 'tags'],
    // It has rules about duration and container (Videos page, 4.3 and 6.1).
    reads: ['media'],
    cancel: false,
    webhook: 'hint',
    idempotentStart: false,
    // "20 videos per 5 minutes per channel" (Videos page, 6).
    limits: { starts: { max: 20, windowMs: 300_000 } },
  },
  create: (settings) => ({
    wire: {
      baseUrl: settings.baseUrl,
      authorize: renewable((http) => fetchToken(http, settings)),
      readError: readRefusal,
    },
    account: { clientId: settings.clientId, channelId: settings.channelId ?? null },
    check: (request) => checkRequest(request, settings),
    lane: (request) => channelOf(request, settings) ?? 'no channel',
    start: (request, context) => createVideo(request, context, settings),
    async status(ref, { http }) {
      const reference = readReference(ref);
      if ('video' in reference) {
        const answer = await http.call({ method: 'GET', path: videoPath(reference.video) });
        return videoSnapshot(readVideo(answer), readRaw(answer));
      }
      const path = `${videosPath}/imports/${encodeURIComponent(reference.import)}`;
      const answer = await http.call({ method: 'GET', path });
      return importSnapshot(readImport(answer), readRaw(answer));
    },
    upload: uploadOf(settings),
    webhook: (delivery) => readDelivery(delivery, settings.webhook),
    calls: callsOf,
  }),
});
