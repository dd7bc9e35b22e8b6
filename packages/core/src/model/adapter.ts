import * as z from 'zod';
import { type Capabilities, windowLimitSchema } from './capabilities.js';
import type { ErrorCode, RetryAdvice } from './error.js';
import type { ReportedItem } from './item.js';
import type { JsonObject, JsonValue } from './json.js';
import type { Cost, Intent, JobState, Progress, Warning } from './record.js';
import type { ParsedRequest } from './request.js';
import type { Source } from './source.js';
import type { ArrivedPart, BegunUpload, SignedPart, UploadWay } from './upload.js';

/**
 * What a call may leave behind at the provider. `none`: nothing (GET unless said otherwise); `repeatable`: the same
 * however often it is sent; `once`: each one counts (every other method unless said otherwise). The wire repeats a
 * `once` call only when it surely did nothing.
 */
export type CallEffect = 'none' | 'repeatable' | 'once';

/** One call to the provider's API. */
export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the wire's `baseUrl`, with its leading slash. */
  path: string;
  /** Undefined values are left out. */
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  /** A JSON body. */
  json?: JsonValue;
  /** An `application/x-www-form-urlencoded` body. */
  form?: Record<string, string>;
  effect?: CallEffect;
}

/** An answer with a 2xx status. */
export interface HttpAnswer {
  status: number;
  /** A header's value, by its name in any case. */
  header(name: string): string | undefined;
  /**
   * The JSON body, read by `schema`.
   * @throws SluiceError `protocol` when the body is no JSON or does not fit
   */
  parse<T extends z.ZodType>(schema: T): z.output<T>;
}

/** An answer with another status, for {@link Wire.readError}. */
export interface HttpRefusal {
  status: number;
  header(name: string): string | undefined;
  /** The JSON body; undefined when the body is no JSON. */
  json: JsonValue | undefined;
}

/** What an adapter makes of a refusal. What is left out, core fills in from the status. */
export interface RefusalDetails {
  code?: ErrorCode;
  message?: string;
  retry?: RetryAdvice;
  providerCode?: string;
  requestId?: string;
  /** As the body says; `Retry-After` and rate headers are read by core. */
  retryAfterMs?: number;
  /** The provider says that it did nothing: even a `once` call may be repeated. */
  refused?: boolean;
}

/** Gives the headers for a call; with `refused`, those of an earlier call that the provider answered with 401. */
export type Authorize = (context: {
  /** Makes calls without an authorization. */
  http: Http;
  /** Epoch milliseconds. */
  now: number;
  refused?: Record<string, string>;
}) => Promise<Record<string, string>>;

/** How an adapter's calls are made. */
export interface Wire {
  /** Where the API is. Trusted: the address guard does not apply to it. */
  baseUrl: string;
  /** Headers for every call, such as the authorization. */
  headers?: Record<string, string>;
  /** Headers that must be fetched first, such as a token's; made by `renewable`. Asked before each attempt, and once after a 401. */
  authorize?: Authorize;
  /** Reads the provider's own error bodies. */
  readError?(refusal: HttpRefusal): RefusalDetails;
}

/** The only way for an adapter to reach the network. */
export interface Http {
  /**
   * Makes a call: authorized, traced, retried where that is safe, timed out, and read.
   * @throws SluiceError for every status but 2xx and for every failure; `ambiguous` where a `once` call may have taken effect
   */
  call(call: HttpCall): Promise<HttpAnswer>;
}

/** What an adapter's member is given besides its input. */
export interface AdapterContext {
  http: Http;
  /** Fires when the step must stop: canceled, or the lease was lost. */
  signal: AbortSignal;
  /** One per logical effect, the same when it is repeated: for providers with idempotency keys. */
  key: string;
  /** What the start left as {@link Started.memo}; absent where it left none, and before the start. */
  memo?: JsonValue;
  /** Epoch milliseconds. */
  now(): number;
  /** For a person who looks for a fault; secrets are taken out. */
  log(message: string, details?: JsonObject): void;
}

/** The request as an adapter sees it: parsed, the adapter's own options apart. */
export interface AdapterRequest<Options = unknown>
  extends Omit<ParsedRequest, 'options' | 'provider' | 'key' | 'name' | 'source'> {
  /** What to hand over: a URL, a bucket, or what the upload left behind. Before an upload, the bytes by their descriptor. */
  source: Source | UploadedSource;
  /** The job's id: unique, safe to show. */
  id: string;
  name: string;
  /** Whether the caller gave the name, or it is the default one. */
  nameGiven: boolean;
  options: Options;
}

/** Bytes that the engine has brought to the provider: a start makes something of them. */
export interface UploadedSource {
  kind: 'uploaded';
  /** What the upload's `begin` named: ids only. */
  uploaded: JsonValue;
  /** Bytes. */
  size: number;
}

/** How a job stands, in the adapter's words. */
export interface ProviderSnapshot {
  state: JobState;
  /** The provider's own word. */
  rawState: string;
  /** The word is none that the adapter knows; `state` is then `running`. */
  unmapped?: boolean;
  progress?: Progress;
  /** For a final state: one entry a file. */
  items?: ReportedItem[];
  /** Why, for `failed`: the provider's words. */
  message?: string;
  /** For `failed`: what kind of failure the words mean; `source-unreachable` when left out. */
  code?: ErrorCode;
  providerCode?: string;
  warnings?: Warning[];
  cost?: Cost;
  /** When to look again, as the provider says, in milliseconds. */
  nextLookMs?: number;
}

/** The answer to a start. */
export interface Started {
  /** The provider's reference to the job, the same that a webhook delivery names. JSON of ids only: no URL, no secret. */
  ref: JsonValue;
  /** What a later look must know of the request, such as a flag; given back as `context.memo`. No URL, no secret. */
  memo?: JsonValue;
  snapshot: ProviderSnapshot;
}

/** What a recovery found of a start that was never answered: the job, nothing for certain, or nothing to be said. */
export type Recovered = ({ found: 'started' } & Started) | { found: 'nothing' } | { found: 'unknown' };

/** Something about a request that the provider would refuse (`error`) or leave out (`warning`). */
export interface Problem {
  severity: 'error' | 'warning';
  /** The path of the field, such as `options.acme.folder`. */
  field: string;
  message: string;
}

/** What the provider says of a source before it is imported. */
export interface ProbeResult {
  title?: string;
  durationSeconds?: number;
  size?: number;
  cost?: Cost;
  thumbnailUrl?: string;
  raw?: JsonValue;
}

/** One step of a probe: the result, or a reference to ask again by after `againMs`. */
export type ProbeStep = { result: ProbeResult } | { ref: JsonValue; againMs: number };

/** A webhook delivery as it came. */
export interface WebhookDelivery {
  /** By lower-case name. */
  headers: Record<string, string>;
  /** The raw body: signatures are over these bytes. */
  body: Uint8Array;
  /** Epoch milliseconds. */
  now: number;
}

/** What a delivery says: which job to look at. */
export interface WebhookNotice {
  ref: JsonValue;
  /** The provider's word for what happened. */
  event: string;
}

/** The bytes that an upload is begun for. */
export interface UploadBytes {
  /** Bytes. */
  size: number;
  /** The chosen way, by its name in {@link UploadWay}. */
  way: string;
}

/** How bytes get to the provider. The engine reads, sends, repeats and remembers; the adapter says where to. One call each. */
export interface AdapterUpload<Options = unknown> {
  /** In place of `capabilities.upload.ways`, where settings change them. */
  ways?: UploadWay[];
  /** The way that the request's own options ask for. */
  wish?(request: AdapterRequest<Options>): string | undefined;
  /** Begins an upload. Whatever an answer that was lost left behind costs nothing: it is begun anew. */
  begin(request: AdapterRequest<Options>, bytes: UploadBytes, context: AdapterContext): Promise<BegunUpload>;
  /** Signs parts (again). Needed when `capabilities.upload.canSign` is true. */
  sign?(session: JsonValue, numbers: number[], context: AdapterContext): Promise<SignedPart[]>;
  /** The parts that the provider has. Needed when `capabilities.upload.canList` is true. */
  list?(session: JsonValue, context: AdapterContext): Promise<ArrivedPart[]>;
  /** Reports parts that arrived, for providers that want to be told as they come. */
  report?(session: JsonValue, parts: ArrivedPart[], context: AdapterContext): Promise<void>;
  /** Puts the parts together. A repetition after a lost answer must do no harm. */
  complete(session: JsonValue, parts: ArrivedPart[], context: AdapterContext): Promise<void>;
  /** Ends an upload that will not be completed, where the provider can. */
  abort?(session: JsonValue, context: AdapterContext): Promise<void>;
  /** Reads the answer to a form whose sending is itself the start. */
  answered?(answer: HttpAnswer, context: AdapterContext): Started;
}

/** What an adapter does. It never loops, sleeps, retries, or reads the clock: the engine does. */
export interface AdapterMembers<Options = unknown> {
  wire: Wire;
  /** One call: hands the source over. */
  start(request: AdapterRequest<Options>, context: AdapterContext): Promise<Started>;
  /** One call: how the job stands. */
  status(ref: JsonValue, context: AdapterContext): Promise<ProviderSnapshot>;
  /** After a start that was sent and never answered: what did it leave? */
  recover?(request: AdapterRequest<Options>, intent: Intent, context: AdapterContext): Promise<Recovered>;
  /** Stops the job. Needed when `capabilities.cancel` is true. */
  cancel?(ref: JsonValue, context: AdapterContext): Promise<ProviderSnapshot>;
  /** What is wrong with this request, without any I/O. */
  check?(request: AdapterRequest<Options>): Problem[];
  /** Jobs in one lane share limits: a channel, an integration. Without it, the provider is one lane. */
  lane?(request: AdapterRequest<Options>): string;
  /** How bytes get to the provider. Needed when `capabilities.upload` is there. */
  upload?: AdapterUpload<Options>;
  /** Asks the provider what it would import, before it is imported. One call each. */
  probe?: {
    start(request: AdapterRequest<Options>, context: AdapterContext): Promise<ProbeStep>;
    status(ref: JsonValue, context: AdapterContext): Promise<ProbeStep>;
  };
  /**
   * Verifies and reads a delivery. Needed unless `capabilities.webhook` is `none`.
   * @throws SluiceError `auth` when it is not the provider's, `protocol` when it cannot be read; the message names the check
   */
  webhook?(delivery: WebhookDelivery): Promise<WebhookNotice>;
}

/** What a plugin author writes. */
export interface AdapterDefinition<Name extends string, Settings extends z.ZodObject, Options extends z.ZodObject> {
  /** The key of its options, and the word for it in messages. */
  name: Name;
  /** The settings of one provider of this kind; unknown keys are refused. Core adds {@link CommonSettings}. */
  settings: Settings;
  /** What a request may say under `options[name]`: the provider's own field names; unknown keys are refused. */
  options: Options;
  capabilities: Capabilities;
  /** How often to look, in milliseconds, where neither the provider nor the settings say it. Default 2,000. */
  pollIntervalMs?: number;
  create(settings: z.output<Settings>): AdapterMembers<z.output<Options>>;
}

/** An adapter as the engine holds it, its own types behind it. */
export interface Adapter {
  name: string;
  settings: z.ZodObject;
  options: z.ZodObject;
  capabilities: Capabilities;
  pollIntervalMs: number;
  create(settings: unknown): AdapterMembers;
}

/** Settings that every provider takes besides its adapter's own. @see CommonSettings */
export const commonSettingsSchema = z.strictObject({
  pollIntervalMs: z.int().min(1).optional(),
  timeoutMs: z.int().min(1).optional(),
  deadlineMs: z.int().min(1).optional(),
  stallMs: z.int().min(1).optional(),
  limits: z
    .strictObject({
      jobs: z.int().min(1).nullable().optional(),
      starts: windowLimitSchema.nullable().optional(),
      statuses: windowLimitSchema.nullable().optional(),
      probes: windowLimitSchema.nullable().optional(),
      probesAtOnce: z.int().min(1).nullable().optional(),
    })
    .optional(),
});

/**
 * Settings that every provider takes besides its adapter's own:
 * - `pollIntervalMs` in place of the adapter's hint
 * - `timeoutMs` for one attempt of one call; default 30,000
 * - `deadlineMs` for a job, counted from its start; default 24 hours
 * - `stallMs` how long the provider may say nothing new; default: no limit, and an hour for a word that the adapter doesn't know
 * - `limits` in place of the adapter's, one by one; null lifts one
 */
export type CommonSettings = z.infer<typeof commonSettingsSchema>;

const brand = Symbol.for('sluice.adapter');

/** An adapter with the settings of one provider, as `createSluice` takes it. */
export interface ConfiguredAdapter {
  adapter: Adapter;
  settings: unknown;
}

/** What {@link defineAdapter} makes: call it with settings. */
export interface AdapterFactory<Settings extends z.ZodObject = z.ZodObject> {
  (settings: z.input<Settings> & CommonSettings): ConfiguredAdapter;
  readonly adapter: Adapter;
}

/** Makes an adapter that an application configures by calling it with its settings. */
export function defineAdapter<Name extends string, Settings extends z.ZodObject, Options extends z.ZodObject>(
  definition: AdapterDefinition<Name, Settings, Options>,
): AdapterFactory<Settings> {
  const adapter: Adapter = {
    name: definition.name,
    settings: definition.settings.strict(),
    options: definition.options.strict(),
    capabilities: definition.capabilities,
    pollIntervalMs: definition.pollIntervalMs ?? 2_000,
    create: (settings) => definition.create(definition.settings.parse(settings)),
  };
  const configure = (settings: z.input<Settings> & CommonSettings): ConfiguredAdapter => ({ adapter, settings });
  return Object.assign(configure, { adapter, [brand]: true });
}

/** True for what {@link defineAdapter} made, also by another copy of this package. */
export function isAdapterFactory(value: unknown): value is AdapterFactory {
  return typeof value === 'function' && brand in value;
}
