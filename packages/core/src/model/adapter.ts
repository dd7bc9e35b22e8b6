import type { Limits } from './capabilities.js';
import type { ErrorCode } from './error.js';
import type { Http, HttpAnswer, Wire } from './http.js';
import type { ReportedItem } from './item.js';
import type { JsonObject, JsonValue } from './json.js';
import type { Cost, Intent, JobState, Progress, Warning } from './record.js';
import type { ParsedRequest } from './request.js';
import type { Source } from './source.js';
import type { ArrivedPart, BegunUpload, ListedPart, SignedPart, UploadWay } from './upload.js';

/** What an adapter's member is given besides its input. */
export interface AdapterContext {
  http: Http;
  /** Fires when the step must stop: canceled, or the lease was lost. */
  signal: AbortSignal;
  /** One per logical effect, the same when it is repeated: for providers with idempotency keys. */
  key: string;
  /** What the start left as {@link Started.memo}; absent where it left none, and before the start. */
  memo?: JsonValue;
  /**
   * Where the provider may call back about this job: it holds the job's id and an unguessable token, so that a delivery to it needs no other
   * proof. Absent where the application configured no public URL. Secret.
   */
  callbackUrl?: string;
  /** What {@link AdapterMembers.before} saw, while the start is sent and recovered. */
  before?: JsonValue;
  /** What the last delivery with {@link WebhookNotice.evidence} said; absent until one came. */
  evidence?: JsonValue;
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
  /** Bytes of the source: as expected, or as measured before the start. Always there where the capabilities say `needs: ['size']`. */
  size?: number;
  /** Of the source, lower-case hex: as expected, or as taken before the start. */
  sha256?: string;
  /**
   * Of an integration whose bucket files are put into first: those that stand there, or before that those that will. Each is an item of the
   * job, with its `name` as the item's `ref`, whatever the start makes of it; other files of the bucket are none.
   */
  files?: RequestedFile[];
  /** What its container says, where it could be read: only for adapters that declare `reads`. */
  media?: MediaInfo;
  options: Options;
}

/** A file in a connected bucket. */
export interface RequestedFile {
  /** Below the prefix that the integration imports from. */
  name: string;
  /** Bytes, where they are known. */
  size?: number;
}

/** What the container of a file says. */
export interface MediaInfo {
  durationSeconds?: number;
  /** Pixels, as displayed. */
  width?: number;
  height?: number;
  /** Such as `avc`, `hevc`, `vp9`. */
  videoCodec?: string;
  audioCodec?: string;
  /** Of the container, such as `video/mp4`. */
  mimeType?: string;
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
  /** One entry a file whose outcome is known; for a completed job, all of them. */
  items?: ReportedItem[];
  /** The provider has done its part, and something has to be called before the job can go on: the engine runs `effects[effect](input)`. */
  next?: { effect: string; input: JsonValue };
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
  method: string;
  /** The query of the URL it came to, such as what a provider appended to the callback URL. */
  query: Record<string, string>;
  /** The job whose callback URL it came to, its token verified by the engine; absent for a delivery to the provider's common URL. */
  job?: string;
  /** By lower-case name. */
  headers: Record<string, string>;
  /** The raw body: signatures are over these bytes. */
  body: Uint8Array;
  /** Epoch milliseconds. */
  now: number;
}

/** What a delivery says: which job to look at. */
export interface WebhookNotice {
  /** Needed unless the delivery came to a job's own callback URL. */
  ref?: JsonValue;
  /** The provider's word for what happened. */
  event: string;
  /** What only the delivery tells, such as measures: kept with the job and given to every look as `context.evidence`. No secret. */
  evidence?: JsonValue;
}

/** Whether a job may be started now. */
export type Readiness = { go: true } | { again: number; why: string };

/** The bytes that an upload is begun for. */
export interface UploadBytes {
  /** Bytes. */
  size: number;
  /** The chosen way, by its name in {@link UploadWay}. */
  way: string;
}

/**
 * How bytes get to the provider. The engine reads, sends, repeats and remembers; the adapter says where to. One call each, but for
 * the pages of a list. A `not-found` from any member that is given a session says that the session is gone: the upload is begun anew.
 */
export interface AdapterUpload<Options = unknown> {
  /** In place of `capabilities.upload.ways`, where settings change them. */
  ways?: UploadWay[];
  /** The way that the request's own options ask for. */
  wish?(request: AdapterRequest<Options>): string | undefined;
  /** Begins an upload. Whatever an answer that was lost left behind costs nothing: it is begun anew. */
  begin(request: AdapterRequest<Options>, bytes: UploadBytes, context: AdapterContext): Promise<BegunUpload>;
  /** Signs parts (again). Needed when `capabilities.upload.canSign` is true. */
  sign?(session: JsonValue, numbers: number[], context: AdapterContext): Promise<SignedPart[]>;
  /** The parts that the provider knows of. Needed when `capabilities.upload.canList` is true. */
  list?(session: JsonValue, context: AdapterContext): Promise<ListedPart[]>;
  /**
   * Reports parts that arrived, for providers that want to be told as they come: in batches of at most 50, those that arrived and are not
   * listed first, all of them before `complete`. To be told twice must do no harm.
   */
  report?(session: JsonValue, parts: ArrivedPart[], context: AdapterContext): Promise<void>;
  /** Puts the parts together. A repetition after a lost answer must do no harm. */
  complete(session: JsonValue, parts: ArrivedPart[], context: AdapterContext): Promise<void>;
  /** Ends an upload that will not be completed, where the provider can. */
  abort?(session: JsonValue, context: AdapterContext): Promise<void>;
  /** Reads the answer to a form whose sending is itself the start of `request`. */
  answered?(answer: HttpAnswer, context: AdapterContext, request: AdapterRequest<Options>): Started;
}

/** What an adapter's helpers are given. */
export interface CallsContext {
  http: Http;
  /** Epoch milliseconds. */
  now(): number;
}

/** What an adapter does. It never loops, sleeps, retries, or reads the clock: the engine does. */
export interface AdapterMembers<Options = unknown, Calls = unknown> {
  wire: Wire;
  /**
   * Whose account it is, beside the base URL: a client id, a login, a channel; never a secret, nor what only says how to call. A batch knows a
   * request again by it, so that another account is another import, and a new API key is not.
   */
  account?: JsonValue;
  /** One call: hands the source over. */
  start(request: AdapterRequest<Options>, context: AdapterContext): Promise<Started>;
  /** One call: how the job stands. */
  status(ref: JsonValue, context: AdapterContext): Promise<ProviderSnapshot>;
  /**
   * Asked when the limits let the job in, before the intent: may it start now? `again` is when to ask once more, in milliseconds;
   * `why` is shown to those who wait. One call.
   */
  ready?(request: AdapterRequest<Options>, context: AdapterContext): Promise<Readiness>;
  /**
   * What is at the provider before the start, saved with the intent as {@link Intent.before}: for recovery where names can be used again.
   * One call. JSON without secrets.
   */
  before?(request: AdapterRequest<Options>, context: AdapterContext): Promise<JsonValue>;
  /** Later calls that count, by the name that a snapshot's `next` says; each runs under an intent of its own. One call each. */
  effects?: Record<string, (input: JsonValue, context: AdapterContext) => Promise<Started>>;
  /**
   * After a start, or a later effect (`intent.effect`, with its `intent.input`), that was sent and never answered: what did it leave?
   */
  recover?(request: AdapterRequest<Options>, intent: Intent, context: AdapterContext): Promise<Recovered>;
  /** Stops the job. Needed when `capabilities.cancel` is true. */
  cancel?(ref: JsonValue, context: AdapterContext): Promise<ProviderSnapshot>;
  /** What is wrong with this request, without any I/O. */
  check?(request: AdapterRequest<Options>): Problem[];
  /** Jobs in one lane share limits: a channel, an integration. Without it, the provider is one lane. */
  lane?(request: AdapterRequest<Options>): string;
  /** Where lanes differ: the limits of this one, each in place of `capabilities.limits`; the settings' win. The same for the same lane, always. */
  limitsIn?(lane: string): Limits;
  /** Where the request writes to, if another import to the same place would overwrite it: a batch refuses the second of two. No I/O. */
  place?(request: AdapterRequest<Options>): string | undefined;
  /** How bytes get to the provider. Needed when `capabilities.upload` is there. */
  upload?: AdapterUpload<Options>;
  /** Helpers for what the provider's API has besides imports, reached through `sluice.provider(name)`. */
  calls?(context: CallsContext): Calls;
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
