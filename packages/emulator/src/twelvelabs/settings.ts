import type { UploadStore } from '../uploads/upload-bucket.js';

/** An index that is there from the start. */
export interface TwelvelabsIndex {
  id: string;
  name: string;
  models: readonly string[];
}

/** A bucket that was connected. */
export interface TwelvelabsIntegration {
  id: string;
  /** In the emulator's own S3; it is made where it is not there. */
  bucket: string;
  /** Only objects whose keys begin so belong to it. */
  prefix: string;
}

/** What a video must be, or it is refused. */
export interface TwelvelabsPrerequisites {
  /** Pixels. */
  minShortSide: number;
  maxShortSide: number;
  maxLongSide: number;
  /** The longer side by the shorter one. */
  maxAspect: number;
  minSeconds: number;
  maxSeconds: number;
  maxBytes: number;
}

/** How long each file of an import is in each list, and how many are worked on at once. */
export interface TwelvelabsPace {
  validatingMs: number;
  pendingMs: number;
  queuedMs: number;
  indexingMs: number;
  /** The next file begins so much later. */
  apartMs: number;
}

/** How the emulated TwelveLabs is set up. Times in ms are on the provider's clock. */
export interface TwelvelabsEmulatorSettings {
  apiKeys: readonly string[];
  /** The first is the one that `emulator.twelvelabs.indexId` names. */
  indexes: readonly TwelvelabsIndex[];
  /** The first is the one that `emulator.twelvelabs.integrationId` names. */
  integrations: readonly TwelvelabsIntegration[];
  /** What an import while another one of the integration runs is told, which nobody documents. */
  busy: { status: number; code: string };
  /** The status of every call about integrations: the provider has withdrawn them. */
  withdrawn: 404 | 410 | undefined;
  /** Of one file after another in an import, and of an asset that is indexed. */
  pace: TwelvelabsPace;
  /** How long an asset is in processing. */
  processingMs: number;
  /** What a video must be. */
  prerequisites: TwelvelabsPrerequisites;
  /** Whether a file whose container cannot be read becomes an asset, and is indexed. Imports never take one. */
  unreadable: 'accept' | 'refuse';
  /** Bytes: 200 MB, 4 GB, 10 GB. */
  directMaxBytes: number;
  urlMaxBytes: number;
  uploadMaxBytes: number;
  /** Bytes of every chunk but the last. S3 itself takes no part below 5 MiB but the last. */
  chunkBytes: number;
  /** How many chunks are signed when a session begins. */
  firstUrls: number;
  /** How long a signature works (1 h), and a session (24 h). */
  urlLifetimeMinutes: number;
  sessionLifetimeHours: number;
  /** By which clock signatures do; by the real one wherever `uploads` names another store. */
  signatureClock: 'emulator' | 'real';
  /** Where chunks go; by default into a store of the emulator's own. */
  uploads: UploadStore | 'own';
  /** How many calls in a window; `none`: no limit. */
  limits: { max: number; windowMs: number } | 'none';
  /** Whether a 429 has a body. */
  emptyRefusals: boolean;
  /** Where webhooks go; to nobody by default. */
  webhookUrl: string | undefined;
  webhookSecret: string;
  webhookRetries: { tries: number; everyMs: number };
  /** How many requests are remembered for `requests()`. */
  keepRequests: number;
}

/** The settings with every gap filled. */
export interface ResolvedTwelvelabsSettings extends Omit<TwelvelabsEmulatorSettings, 'indexes' | 'integrations'> {
  indexes: readonly [TwelvelabsIndex, ...TwelvelabsIndex[]];
  integrations: readonly [TwelvelabsIntegration, ...TwelvelabsIntegration[]];
}

/** What may be said: of the nested settings also a part. */
export type GivenTwelvelabsSettings = Partial<Omit<TwelvelabsEmulatorSettings, 'pace' | 'prerequisites'>> & {
  pace?: Partial<TwelvelabsPace>;
  prerequisites?: Partial<TwelvelabsPrerequisites>;
};

const MEBIBYTE = 1024 * 1024;

const PACE: TwelvelabsPace = { validatingMs: 300, pendingMs: 200, queuedMs: 200, indexingMs: 500, apartMs: 10 };

const PREREQUISITES: TwelvelabsPrerequisites = {
  minShortSide: 360,
  maxShortSide: 2160,
  maxLongSide: 3840,
  maxAspect: 2.4,
  minSeconds: 4,
  maxSeconds: 7200,
  maxBytes: 2_000_000_000,
};

const DEFAULTS: Omit<TwelvelabsEmulatorSettings, 'indexes' | 'integrations' | 'pace' | 'prerequisites'> = {
  apiKeys: ['twelvelabs-emulator-key'],
  busy: { status: 409, code: 'import_already_running' },
  withdrawn: undefined,
  processingMs: 500,
  unreadable: 'accept',
  directMaxBytes: 200_000_000,
  urlMaxBytes: 4_000_000_000,
  uploadMaxBytes: 10_000_000_000,
  chunkBytes: 8 * MEBIBYTE,
  firstUrls: 10,
  urlLifetimeMinutes: 60,
  sessionLifetimeHours: 24,
  signatureClock: 'emulator',
  uploads: 'own',
  limits: { max: 3000, windowMs: 60_000 },
  emptyRefusals: true,
  webhookUrl: undefined,
  webhookSecret: 'twelvelabs-emulator-webhook-secret',
  webhookRetries: { tries: 3, everyMs: 60_000 },
  keepRequests: 10_000,
};

/** Fills the gaps. Throws a `RangeError` where there is no index or no integration. */
export function resolveTwelvelabsSettings(given: GivenTwelvelabsSettings): ResolvedTwelvelabsSettings {
  const {
    indexes = [{ id: '65f0c0ffee0000000000d1ce', name: 'sluice', models: ['marengo3.0'] }],
    integrations = [{ id: '65f0c0ffee0000000000b0c5', bucket: 'twelvelabs-integration', prefix: '' }],
    pace,
    prerequisites,
    ...rest
  } = given;
  const [index, ...indexesAfter] = indexes;
  const [integration, ...integrationsAfter] = integrations;
  if (!index) throw new RangeError('twelvelabs.indexes: at least one');
  if (!integration) throw new RangeError('twelvelabs.integrations: at least one');
  const settings = { ...DEFAULTS, ...rest };
  return {
    ...settings,
    indexes: [index, ...indexesAfter],
    integrations: [integration, ...integrationsAfter],
    pace: { ...PACE, ...pace },
    prerequisites: { ...PREREQUISITES, ...prerequisites },
    signatureClock: settings.uploads === 'own' ? settings.signatureClock : 'real',
  };
}
