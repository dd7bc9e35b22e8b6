import {
  type AdapterContext,
  type AdapterRequest,
  defineAdapter,
  type Intent,
  type Recovered,
  SluiceError,
  type Started,
} from '@sluice/core/adapter';
import { indexOf, lookAtAsset, recoverAsset, startFromUploaded, startFromUrl } from './assets.js';
import { checkRequest } from './check.js';
import { readRefusal } from './errors.js';
import { type ImportPlace, importsBefore, lookAtImport, readyToImport, recoverImport, startImport } from './imports.js';
import { indexAsset, lookAtIndexed, recoverIndexing } from './indexing.js';
import { type ParsedOptions, twelvelabsOptionsSchema } from './options.js';
import { readReference } from './references.js';
import { type ParsedSettings, twelvelabsSettingsSchema } from './settings.js';
import { uploadOf, waysOf } from './upload.js';
import { readDelivery } from './webhook.js';

type Request = AdapterRequest<ParsedOptions>;

/** Brings videos to TwelveLabs: all files of a connected bucket into an index, or files, streams and URLs as assets that are indexed. */
export const twelvelabs = defineAdapter({
  name: 'twelvelabs',
  settings: twelvelabsSettingsSchema,
  options: twelvelabsOptionsSchema,
  pollIntervalMs: 5_000,
  capabilities: {
    url: { schemes: ['http', 'https'] },
    integration: true,
    upload: {
      ways: waysOf(twelvelabsSettingsSchema.parse({ apiKey: 'any' })),
      canList: true,
      canSign: true,
    },
    // "The file size of the asset in bytes", set once it is ready.
    checks: ['size'],
    honours: ['name', 'metadata'],
    reads: ['media'],
    cancel: false,
    webhook: 'hint',
    idempotentStart: false,
    limits: {},
  },
  create: (settings) => ({
    wire: { baseUrl: settings.baseUrl, headers: { 'x-api-key': settings.apiKey }, readError: readRefusal },
    account: { indexId: settings.indexId ?? null },
    check: (request) => checkRequest(request, settings),
    lane: ({ source }) => (source.kind === 'integration' ? `${integrationLane}${source.id}` : 'assets'),
    // "Only one import job can run at a time" (Import videos page).
    limitsIn: (lane) => (lane.startsWith(integrationLane) ? { jobs: 1 } : {}),
    async ready(request, context) {
      const place = placeOf(request, settings);
      return place === undefined ? { go: true } : readyToImport(place, context, settings);
    },
    async before(request, context) {
      const place = placeOf(request, settings);
      return place === undefined ? null : importsBefore(place, context);
    },
    start: (request, context) => start(request, context, settings),
    effects: { index: indexAsset },
    async status(ref, context) {
      const reference = readReference(ref);
      if ('integration' in reference) return lookAtImport(reference, context);
      return 'asset' in reference ? lookAtAsset(reference.asset, context) : lookAtIndexed(reference.indexed, context);
    },
    recover: (request, intent, context) => recover(request, intent, { context, settings }),
    upload: uploadOf(settings),
    webhook: (delivery) => readDelivery(delivery, settings.webhook),
  }),
});

const integrationLane = 'integration ';

/** Undefined for whatever is no import from an integration. One without an index was refused by `check`. */
function placeOf(request: Request, settings: ParsedSettings): ImportPlace | undefined {
  const { source, files } = request;
  if (source.kind !== 'integration') return undefined;
  const place = { integration: source.id, index: indexOf(request, settings) ?? '' };
  return files === undefined ? place : { ...place, files: files.map(({ name }) => name) };
}

function start(request: Request, context: AdapterContext, settings: ParsedSettings): Promise<Started> {
  const { source } = request;
  if (source.kind === 'url') return startFromUrl({ ...request, source }, context, settings);
  if (source.kind === 'uploaded') return startFromUploaded({ ...request, source }, context, settings);
  const place = placeOf(request, settings);
  if (place !== undefined) return startImport(place, request, { context, settings });
  // Core has already refused every other kind of source.
  throw new SluiceError({ code: 'unsupported', message: 'TwelveLabs imports integrations and URLs, and takes bytes' });
}

async function recover(
  request: Request,
  intent: Intent,
  { context, settings }: { context: AdapterContext; settings: ParsedSettings },
): Promise<Recovered> {
  if (intent.effect === 'index') return recoverIndexing(intent, context);
  const { source } = request;
  if (source.kind === 'uploaded') {
    return { found: 'started', ...(await startFromUploaded({ ...request, source }, context, settings)) };
  }
  const place = placeOf(request, settings);
  return place === undefined
    ? recoverAsset(request, intent, { context, settings })
    : recoverImport(place, intent, context);
}
