import type { MediaInfo, ProbeResult, Problem } from '../model/adapter.js';
import type { ConfiguredAdapter, Prices } from '../model/define-adapter.js';
import type { ConfiguredSource } from '../model/define-source.js';
import type { ConfiguredStaging } from '../model/define-staging.js';
import type { ImportJob } from '../model/job.js';
import type { JsonObject } from '../model/json.js';
import type { ImportSnapshot } from '../model/record.js';
import type { ImportRequest } from '../model/request.js';
import type { JobFilter, Store } from '../store/contract.js';
import type { Clock } from '../wire/clock.js';
import type { Batch, BatchIdentity, BatchOptions } from './batch/batch.js';
import type { Collected, GcOptions, Stray } from './gc.js';
import type { HandlerOptions } from './handler.js';
import type { RetryOptions } from './retry-job.js';
import type { Route } from './route.js';
import type { SourceCredentials } from './sources.js';

export type { Collected, GcOptions, Route, SourceCredentials, Stray };

/** How this side reaches the network, for every call alike. */
export interface NetworkOptions {
  /** Let source URLs, their redirects and URLs in answers lead to private addresses. Default false. */
  allowPrivateAddresses?: boolean;
  /** URL of an HTTP proxy. */
  proxy?: string;
  /** PEM text of certificate authorities to trust besides the known ones. */
  ca?: string;
  /** What all uploads of this client together may send in a second, in bytes; at least 1,024. Without it, as fast as the line is. Node only. */
  bytesPerSecond?: number;
  /**
   * Compare the MD5 of each part with the ETag that the store answers, where that looks like one, and send a damaged part again. It takes twice
   * the time of the sha-256, and some stores (S3 under SSE-KMS) answer ETags that look like an MD5 and are none. Default false. Node only.
   */
  comparePartMd5?: boolean;
}

/** One line for a person who looks for a fault. Holds no secret. */
export interface LogEntry {
  level: 'debug' | 'info' | 'warn';
  message: string;
  details?: JsonObject;
}

/** What {@link createSluice} takes. */
export interface SluiceOptions<
  Providers extends Record<string, ConfiguredAdapter> = Record<string, ConfiguredAdapter>,
> {
  /** The providers, under names that the application chooses. */
  providers: Providers;
  /** The provider of requests that name none; not needed when there is one. */
  default?: keyof Providers & string;
  /** Where jobs live; in memory when left out, and then they end with the process. */
  store?: Store;
  network?: NetworkOptions;
  /** What reads sources beyond http: `[ftp(), rsync(), s3()]`. */
  sources?: readonly ConfiguredSource[];
  /** The bucket of your own through which bytes reach providers that take URLs only: `s3Staging({ … })`. */
  staging?: ConfiguredStaging;
  /**
   * Credentials by where a URL leads, such as `ftp://files.example` or `s3://endpoint.example/bucket`, so that the URLs themselves can stay
   * clean. A provider that fetches such a URL itself is given them too.
   */
  credentials?: Record<string, SourceCredentials>;
  /**
   * `publicUrl`: where providers reach {@link Sluice.webhook} from outside, such as `https://media.example.com/webhooks`. A job's own callback
   * URL is below it: `/PROVIDER/JOB/TOKEN`. Without it, providers that can call back are only polled.
   */
  webhooks?: { publicUrl: string };
  /** How many jobs may be moving at once in this process. Default 64. */
  concurrency?: number;
  log?: (entry: LogEntry) => void;
  /** In place of the platform's fetch, for tests; the guard by DNS does not reach into it. */
  fetch?: typeof fetch;
  /** In place of the system's clock, for tests. */
  clock?: Clock;
}

/** What would happen to a request. */
export interface ImportPlan {
  provider: string;
  adapter: string;
  name: string;
  /** The source as it may be shown. */
  source: string;
  lane: string;
  /** How the bytes would travel, and why; absent when they cannot. */
  route?: Route;
  /** Bytes that would pass through this machine, in and out; absent where the size is not known. */
  traffic?: { in: number; out: number };
  /** What of `expect` would be checked, and where. */
  checks: { size: 'before' | 'after' | 'unchecked'; sha256: 'before' | 'after' | 'unchecked' };
  /** What is wrong (`error`), and what would be left out (`warning`). */
  problems: Problem[];
  /** Bytes, where they were given, can be seen here, or a probe told. */
  size?: number;
  /** What the container of the source says, where the adapter has rules about it and it can be read here. */
  media?: MediaInfo;
  /** What the provider says; only with `probe: true` and an adapter that can. */
  probe?: ProbeResult;
}

/** What {@link Sluice.testBuckets} found of one bucket. */
export interface TestedBucket {
  provider: string;
  /** The provider's id of the integration. */
  integration: string;
  place: string;
  /** In words that say what to mend; empty when all is well. */
  problems: string[];
}

/** A provider, its adapter and what it can do. */
export interface ProviderInfo {
  name: string;
  adapter: string;
  default: boolean;
  capabilities: ConfiguredAdapter['adapter']['capabilities'];
  /** The limits in force, settings included. */
  limits: ConfiguredAdapter['adapter']['capabilities']['limits'];
  baseUrl: string;
  /** What it charges, where the settings say so. */
  prices?: Prices;
}

/** The helpers of a configured adapter. */
export type ProviderCalls<Configured> = Configured extends ConfiguredAdapter<infer Calls> ? Calls : never;

/** The client: an application has one. */
export interface Sluice<Providers extends Record<string, ConfiguredAdapter> = Record<string, ConfiguredAdapter>> {
  /**
   * Saves the request as a job and hands it over, as far as that goes without waiting: an upload goes on in the background, and so does a call
   * that its adapter gives more time than others.
   * @throws SluiceError `invalid-request` or `unsupported` before anything is saved or sent
   */
  import(request: ImportRequest): Promise<ImportJob>;
  /** What `import` would do, without doing it. Sends nothing to the provider unless `probe` is true. */
  plan(request: ImportRequest, options?: { probe?: boolean; signal?: AbortSignal }): Promise<ImportPlan>;
  /**
   * Imports many: requests are read as there is room for them, each is a job under a key of its own, and outcomes come in the order in which they
   * are known. What was done before is skipped, what is under way is joined, what failed is left to {@link Sluice.retry}. Memory is by what is in hand.
   * What cannot be imported is an outcome of its own and stops nothing. Reading throws what the requests' own iterator throws, and a store's error.
   */
  batch<Request extends ImportRequest>(
    requests: Iterable<Request> | AsyncIterable<Request>,
    options?: BatchOptions,
  ): Batch<Request>;
  /** What {@link Sluice.batch} knows a request by. Nobody is asked. @throws SluiceError `invalid-request` */
  batchIdentity(request: ImportRequest): Promise<BatchIdentity>;
  /**
   * Gives a failed job another attempt, with the request that was kept for it; {@link ImportJob.wait} then carries it on.
   * @param options.evenUnknown also a job whose start was sent and never answered: the provider may have the file, and have billed it
   * @throws SluiceError `not-found`; `conflict` for a job that has not failed, or that another attempt would not help
   */
  retry(id: string, options?: RetryOptions): Promise<ImportJob>;
  /**
   * Takes away what was left and nobody will ask for: in the store, deliveries for jobs that never came and what is remembered of uploads
   * whose job is over; in the staging bucket, objects and open uploads whose job is over, or not known to this store. Stores that share a
   * bucket need a prefix each.
   */
  gc(options?: GcOptions): Promise<Collected>;
  /** Tries the staging bucket as a job would use it. @returns what is wrong with it, in words that say what to mend; undefined where none is configured */
  testStaging(options?: { signal?: AbortSignal }): Promise<{ place: string; problems: string[] } | undefined>;
  /** The same for the buckets that providers import from: a small object is put into each, and removed again. */
  testBuckets(options?: { signal?: AbortSignal }): AsyncIterable<TestedBucket>;
  /** @throws SluiceError `not-found` */
  job(id: string): Promise<ImportJob>;
  /** Snapshots of jobs, oldest first unless the filter says otherwise. */
  jobs(filter?: JobFilter): AsyncIterable<ImportSnapshot>;
  /**
   * Takes a provider's webhook delivery: verified, remembered, and looked after before the promise resolves. One to a job's own
   * callback URL is known by the last two segments of its path, wherever it is mounted.
   * Answer its sender with `status`: 2xx once it is kept, 401 when it is not the provider's, 400 when it cannot be read.
   */
  webhook(provider: string, request: Request): Promise<{ status: number; message: string }>;
  /**
   * A handler in the style of fetch, for any server that knows `Request` and `Response`: it takes the deliveries of all providers by
   * {@link Sluice.webhook}, at `{basePath}/PROVIDER` and at jobs' own `{basePath}/PROVIDER/JOB/TOKEN`. Any other path is 404, any other method
   * than POST and GET 405.
   */
  handler(options?: HandlerOptions): (request: Request) => Promise<Response>;
  /**
   * Works the store: every job of the providers here that is not final is carried on, new ones too, until the signal fires; with `untilIdle`,
   * until none is left. A store that cannot be reached for a while ends only the latter. @throws SluiceError the store's own error
   */
  run(options?: { signal?: AbortSignal; untilIdle?: boolean }): Promise<void>;
  /**
   * The adapter's typed helpers for what its API has besides imports, such as `sluice.provider('shop').video(id)`.
   * @throws SluiceError `invalid-request` for a name that is not configured, `unsupported` for an adapter that has none
   */
  provider<Name extends keyof Providers & string>(name: Name): ProviderCalls<Providers[Name]>;
  /** What is configured. */
  providers(): ProviderInfo[];
  /** Lets go of every lease, timer and socket. Jobs stay as they are. */
  close(): Promise<void>;
}
