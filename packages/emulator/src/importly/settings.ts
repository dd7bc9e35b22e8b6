/** A count of requests in a window that slides, in ms of the provider's clock. */
export interface RequestWindow {
  max: number;
  windowMs: number;
}

/** What Importly lets one account do; the defaults are those of its Import Endpoint page and its public texts. */
export interface ImportlyLimits {
  /** POST /import; 240 an hour. */
  starts: RequestWindow;
  /** The status endpoints together; 3,600 an hour. */
  statuses: RequestWindow;
  /** /metadata and /metadata/basic together; 1,000 an hour. */
  metadata: RequestWindow;
  /** Imports that are queued or running; 2. */
  concurrentImports: number;
  /** Metadata jobs that are queued or running; 5. */
  concurrentMetadata: number;
}

/** What imports cost. Importly's pages show 78 credits for 314 seconds, and dollars elsewhere. */
export interface ImportlyCosts {
  creditsPerSecond: number;
  /** The least that an import costs, and what an account must have left to start one. */
  minimumCredits: number;
  dollarsPerCredit: number;
}

/** The "user's bucket", as it would be set up in Importly's dashboard. */
export interface ImportlyStorage {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  bucket: string;
  /** The default path prefix; without slashes at its ends. */
  prefix: string;
  storageClass: string;
  /** Whether the location is returned where a request doesn't say `storageReturnLocation`. The pages leave it open. */
  returnLocation: boolean;
}

/** How the emulated Importly is set up. Every time is in ms of the provider's clock. */
export interface ImportlyEmulatorSettings {
  /** The keys that it takes. The first is the one that `emulator.importly.apiKey` names. */
  apiKey: string | readonly string[];
  /** What the account has left; without end by default. */
  credits: number;
  costs: Partial<ImportlyCosts>;
  /** `none`, the fast lane, has no limits and no rate headers. */
  limits: Partial<ImportlyLimits> | 'none';
  /** How long an import is queued. */
  queuedMs: number;
  /** How long an import runs at least; the download itself takes what it takes. */
  runningMs: number;
  /** Which of the two pages the results look like: under `data.result`, or flat in `data`. */
  resultShape: 'nested' | 'flat';
  /** What the job's id is called in the answer to a start. */
  idField: 'jobId' | 'id';
  /** The word for a running import: the endpoint's page has both spellings. */
  runningWord: 'running' | 'importing';
  /** The unit of the X-RateLimit-Reset header, which the page only calls "a Unix timestamp". */
  resetHeaderUnit: 's' | 'ms';
  /** A source whose host does not answer: 400 to the start, as the page says, or a failed job. */
  unreachable: 'refuse' | 'fail';
  /** `remember` downloads each source URL once, for runs of very many imports of one file. */
  sources: 'fetch' | 'remember';
  /** How long the media stays: 7 days. */
  retentionMs: number;
  /** The bucket for `store`; by default one in the emulator's own object store. `none`: none is set up. */
  storage: Partial<ImportlyStorage> | 'none';
  webhookRetries: { tries: number; everyMs: number };
  /** Where a delivery names its event, which nothing public says: by default nowhere. */
  webhookEvent: 'none' | { header: string } | { body: string };
  /** How many requests are remembered for `requests()`. */
  keepRequests: number;
}

/** The settings with every gap filled. */
export interface ResolvedImportlySettings
  extends Omit<ImportlyEmulatorSettings, 'apiKey' | 'costs' | 'limits' | 'storage'> {
  apiKeys: readonly [string, ...string[]];
  costs: ImportlyCosts;
  limits: ImportlyLimits;
  /** False in the fast lane. */
  limited: boolean;
  storage: ImportlyStorage | undefined;
}

const HOUR_MS = 3_600_000;
const NO_LIMIT = Number.POSITIVE_INFINITY;

const DEFAULT_LIMITS: ImportlyLimits = {
  starts: { max: 240, windowMs: HOUR_MS },
  statuses: { max: 3_600, windowMs: HOUR_MS },
  metadata: { max: 1_000, windowMs: HOUR_MS },
  concurrentImports: 2,
  concurrentMetadata: 5,
};

const UNLIMITED: ImportlyLimits = {
  starts: { max: NO_LIMIT, windowMs: HOUR_MS },
  statuses: { max: NO_LIMIT, windowMs: HOUR_MS },
  metadata: { max: NO_LIMIT, windowMs: HOUR_MS },
  concurrentImports: NO_LIMIT,
  concurrentMetadata: NO_LIMIT,
};

const DEFAULTS = {
  credits: NO_LIMIT,
  queuedMs: 400,
  runningMs: 1_600,
  resultShape: 'nested',
  idField: 'jobId',
  runningWord: 'running',
  resetHeaderUnit: 's',
  unreachable: 'refuse',
  sources: 'fetch',
  retentionMs: 7 * 24 * HOUR_MS,
  webhookRetries: { tries: 3, everyMs: 60_000 },
  webhookEvent: 'none',
  keepRequests: 10_000,
} as const;

/** Fills the gaps. @param ownStorage a bucket in the emulator's own object store */
export function resolveImportlySettings(
  given: Partial<ImportlyEmulatorSettings>,
  ownStorage: ImportlyStorage | undefined,
): ResolvedImportlySettings {
  const { apiKey = 'importly-emulator-key', costs, limits, storage, ...rest } = given;
  const [first, ...others] = typeof apiKey === 'string' ? [apiKey] : apiKey;
  if (!first) throw new RangeError('importly.apiKey: at least one key, and none empty');
  return {
    ...DEFAULTS,
    ...rest,
    apiKeys: [first, ...others],
    costs: { creditsPerSecond: 0.25, minimumCredits: 1, dollarsPerCredit: 0.001, ...costs },
    limits: limits === 'none' ? UNLIMITED : { ...DEFAULT_LIMITS, ...limits },
    limited: limits !== 'none',
    storage: storage === 'none' || !ownStorage ? undefined : { ...ownStorage, ...storage },
  };
}
