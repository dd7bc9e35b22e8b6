import { defineAdapter } from '@sluice/core/adapter';
import { addFile } from './add-file.js';
import { authorizationOf } from './authorization.js';
import { callsOf } from './calls.js';
import { checkRequest } from './check.js';
import { readRefusal } from './errors.js';
import { filesNamed, seenOf } from './find-file.js';
import { videoCdnOptionsSchema } from './options.js';
import { recoverAdd } from './recovery.js';
import { readEvidence, readMemo, readReference } from './references.js';
import { videoCdnSettingsSchema } from './settings.js';
import { readSnapshot } from './snapshot.js';
import { readCallback } from './webhook.js';

/** Imports from http, https, ftp, rsync, rsync+ssh and s3 URLs into the Video CDN of Advanced Hosting. */
export const videoCdn = defineAdapter({
  name: 'video-cdn',
  settings: videoCdnSettingsSchema,
  options: videoCdnOptionsSchema,
  pollIntervalMs: 5_000,
  capabilities: {
    url: { schemes: ['http', 'https', 'ftp', 'rsync', 'rsync+ssh', 's3'] },
    checks: ['size', 'sha256'],
    honours: ['name', 'priority', 'ifExists'],
    // "A size check is mandatory" (Import via API).
    needs: ['size'],
    cancel: false,
    webhook: 'evidence',
    idempotentStart: false,
    // None is named: the CDN's own queue does the ordering.
    limits: {},
  },
  create: (settings) => ({
    wire: {
      baseUrl: settings.baseUrl,
      ...authorizationOf(settings),
      readError: (refusal) => readRefusal(refusal, settings),
    },
    account: { login: settings.login },
    check: checkRequest,
    place: ({ name }) => name,
    before: async (request, { http }) => seenOf(await filesNamed(http, request.name, settings)),
    start: (request, context) => addFile(request, context, settings),
    async status(reference, context) {
      const ref = readReference(reference);
      const files = await filesNamed(context.http, ref.name, settings);
      const [memo, evidence] = [readMemo(context.memo), readEvidence(context.evidence)];
      return readSnapshot({ files, ref, memo, evidence, now: context.now() }, settings);
    },
    recover: (request, intent, context) => recoverAdd(request, intent, { context, settings }),
    webhook: (delivery) => readCallback(delivery, settings),
    calls: (context) => callsOf(context, settings),
  }),
});
