import * as z from 'zod';
import type {
  ProbeStep,
  Problem,
  ProviderSnapshot,
  Readiness,
  Recovered,
  Started,
  WebhookNotice,
} from '../model/adapter.js';
import type { BegunUpload, ListedPart, SignedPart } from '../model/upload.js';

/** What an adapter may answer with, strictly: a misspelt field is found here. */

const errorCodes = [
  ...([
    'invalid-request',
    'unsupported',
    'auth',
    'not-found',
    'conflict',
    'rate-limited',
    'quota',
    'unavailable',
  ] as const),
  ...(['source-unreachable', 'integrity', 'stalled', 'timeout', 'aborted', 'protocol', 'unknown'] as const),
] as const;

const text = z.string().min(1);
const count = z.number().nonnegative();
const costSchema = z.strictObject({ amount: count, unit: text });
const measured = z.enum(['source', 'rendition']);

const assetSchema = z.strictObject({
  id: text,
  url: z.url({ protocol: /^https?$/ }).exactOptional(),
  size: z.int().nonnegative().exactOptional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  durationSeconds: count.exactOptional(),
  title: z.string().exactOptional(),
  expiresAt: z.iso.datetime().exactOptional(),
  raw: z.json().exactOptional(),
});

const itemSchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    ref: text,
    outcome: z.enum(['created', 'replaced', 'existing']).exactOptional(),
    asset: assetSchema,
    of: z.strictObject({ size: measured.exactOptional(), sha256: measured.exactOptional() }).exactOptional(),
    stored: z.strictObject({ url: text, bucket: text, key: text }).exactOptional(),
  }),
  z.strictObject({ ok: z.literal(false), ref: text, message: text, providerCode: text.exactOptional() }),
]);

export const snapshotSchema = z.strictObject({
  state: z.enum(['queued', 'running', 'completed', 'failed', 'canceled']),
  rawState: text,
  unmapped: z.boolean().exactOptional(),
  progress: z
    .strictObject({ done: count, total: count.exactOptional(), unit: z.enum(['percent', 'bytes', 'items']) })
    .exactOptional(),
  items: z.array(itemSchema).exactOptional(),
  next: z.strictObject({ effect: text, input: z.json() }).exactOptional(),
  message: text.exactOptional(),
  code: z.enum(errorCodes).exactOptional(),
  providerCode: text.exactOptional(),
  warnings: z.array(z.strictObject({ code: text, message: text })).exactOptional(),
  cost: costSchema.exactOptional(),
  nextLookMs: count.exactOptional(),
}) satisfies z.ZodType<ProviderSnapshot>;

const startedShape = { ref: z.json(), memo: z.json().exactOptional(), snapshot: snapshotSchema };

export const startedSchema = z.strictObject(startedShape) satisfies z.ZodType<Started>;

export const readinessSchema = z.union([
  z.strictObject({ go: z.literal(true) }),
  z.strictObject({ again: count, why: text }),
]) satisfies z.ZodType<Readiness>;

export const recoveredSchema = z.discriminatedUnion('found', [
  z.strictObject({ found: z.literal('started'), ...startedShape }),
  z.strictObject({ found: z.literal('nothing') }),
  z.strictObject({ found: z.literal('unknown') }),
]) satisfies z.ZodType<Recovered>;

export const problemsSchema = z.array(
  z.strictObject({ severity: z.enum(['error', 'warning']), field: text, message: text }),
) satisfies z.ZodType<Problem[]>;

const probeResultSchema = z.strictObject({
  title: z.string().exactOptional(),
  durationSeconds: count.exactOptional(),
  size: z.int().nonnegative().exactOptional(),
  cost: costSchema.exactOptional(),
  thumbnailUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
  raw: z.json().exactOptional(),
});

export const probeStepSchema = z.union([
  z.strictObject({ result: probeResultSchema }),
  z.strictObject({ ref: z.json(), againMs: count }),
]) satisfies z.ZodType<ProbeStep>;

export const noticeSchema = z.strictObject({
  ref: z.json().exactOptional(),
  event: text,
  evidence: z.json().exactOptional(),
}) satisfies z.ZodType<WebhookNotice>;

const number = z.int().min(1);
const placeUrl = z.url({ protocol: /^https?$/ });

export const signedPartsSchema = z.array(
  z.strictObject({ number, url: placeUrl, expiresAt: count.exactOptional() }),
) satisfies z.ZodType<SignedPart[]>;

export const listedPartsSchema = z.array(
  z.strictObject({
    number,
    etag: text.exactOptional(),
    size: z.int().nonnegative(),
    failed: z.boolean().exactOptional(),
  }),
) satisfies z.ZodType<ListedPart[]>;

const headers = z.record(z.string(), z.string()).exactOptional();

export const begunSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('form'),
    url: placeUrl,
    headers,
    authorized: z.boolean().exactOptional(),
    fields: z.array(z.tuple([text, z.string()])),
    fileField: text,
    filename: text,
    contentType: text,
    answer: z.enum(['none', 'json']),
    uploaded: z.json(),
  }),
  z.strictObject({
    kind: z.literal('parts'),
    session: z.json(),
    uploaded: z.json(),
    partSize: z.int().min(1),
    first: signedPartsSchema,
    headers,
  }),
]) satisfies z.ZodType<BegunUpload>;
