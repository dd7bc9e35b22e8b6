import type { UploadStore } from '../uploads/upload-bucket.js';

/** Where uploads go: any S3-compatible store. The bucket must be there. */
export type FireworkUploadStore = UploadStore;

/** A product unit: a variant, such as a size or a colour. */
export interface FireworkProductUnit {
  externalId?: string;
  gtin?: string;
  sku?: string;
  mpn?: string;
}

/** A product, and what it can be called by in `product_ids`. */
export interface FireworkProduct {
  /** Firework's own encoded id. */
  id: string;
  externalId?: string;
  units?: readonly FireworkProductUnit[];
}

/** A business store. The first one is taken where a request names none. */
export interface FireworkStore {
  id: string;
  products: readonly FireworkProduct[];
}

/** How many videos may be created on one channel. */
export interface FireworkLimits {
  videos: { max: number; windowMs: number };
}

/** How the emulated Firework is set up. Times in ms are on the provider's clock. */
export interface FireworkEmulatorSettings {
  clientId: string;
  clientSecret: string;
  /** What the client may do. */
  scopes: readonly string[];
  /** How long a token works: 3,600 s. It is told in real seconds. */
  tokenLifetimeSeconds: number;
  /** Channels of the client's own business. The first is the one that `emulator.firework.channelId` names. */
  channels: readonly string[];
  /** Channels that exist, but not for this client (403). */
  foreignChannels: readonly string[];
  stores: readonly FireworkStore[];
  /** `none`: no rate limit. By default 20 videos in 5 minutes on a channel. */
  limits: Partial<FireworkLimits> | 'none';
  /** Whether a 429 says with Retry-After when to come again, which the page leaves open. */
  retryAfter: boolean;
  /** How long upload signatures work: 60 minutes. */
  signatureLifetimeMinutes: number;
  /** By which clock they do; by the real one wherever `uploads` names another store. */
  signatureClock: 'emulator' | 'real';
  /** Where uploads go; by default into a store of the emulator's own. */
  uploads: FireworkUploadStore | 'own';
  /** Bounds of a file in bytes: the page's 25 KB and 5 GB, in the stricter reading of each. */
  minimumBytes: number;
  maximumBytes: number;
  /** Bounds of a video's duration in seconds: 3 and 3,600. */
  minimumSeconds: number;
  maximumSeconds: number;
  /** Whether a file of which no duration can be read is taken for a video. */
  unreadable: 'accept' | 'refuse';
  /** Characters; the page names the rule ("caption too long") but no number. */
  captionMaxLength: number;
  /** How long transcoding takes. */
  transcodingMs: number;
  /** Whether transcoding fails: of all videos, or of those whose caption holds this text. */
  failTranscoding: boolean | string;
  /** What a second call to complete an upload is told, which nobody says. AWS itself refuses it. */
  repeatedComplete: 'refuse' | 'accept';
  /** Where webhooks go; to nobody by default. */
  webhookUrl: string | undefined;
  webhookSecret: string;
  webhookRetries: { tries: number; everyMs: number };
  /** Whether the bytes of every video are read once more for their sha-256 and their duration. */
  inspect: boolean;
  /** How many requests are remembered for `requests()`. */
  keepRequests: number;
}

/** The settings with every gap filled. */
export interface ResolvedFireworkSettings extends Omit<FireworkEmulatorSettings, 'channels' | 'limits'> {
  channels: readonly [string, ...string[]];
  limits: FireworkLimits;
}

const MINUTE_MS = 60_000;

const DEFAULTS: Omit<FireworkEmulatorSettings, 'channels' | 'limits'> = {
  clientId: 'firework-emulator-client',
  clientSecret: 'firework-emulator-secret',
  scopes: ['videos:read', 'videos:write'],
  tokenLifetimeSeconds: 3600,
  foreignChannels: ['FwForeign'],
  stores: [
    {
      id: 'FwStore',
      products: ['123', '234', '567'].map((externalId) => ({
        id: `FwProduct${externalId}`,
        externalId,
        units: [{ externalId: `unit-${externalId}`, gtin: `0000000000${externalId}`, sku: `SKU-${externalId}` }],
      })),
    },
  ],
  retryAfter: false,
  signatureLifetimeMinutes: 60,
  signatureClock: 'emulator',
  uploads: 'own',
  minimumBytes: 25_600,
  maximumBytes: 5_000_000_000,
  minimumSeconds: 3,
  maximumSeconds: 3600,
  unreadable: 'accept',
  captionMaxLength: 255,
  transcodingMs: 1000,
  failTranscoding: false,
  repeatedComplete: 'refuse',
  webhookUrl: undefined,
  webhookSecret: 'firework-emulator-webhook-secret',
  webhookRetries: { tries: 6, everyMs: MINUTE_MS },
  inspect: true,
  keepRequests: 10_000,
};

/** Fills the gaps. Throws a `RangeError` where there is no channel. */
export function resolveFireworkSettings(given: Partial<FireworkEmulatorSettings>): ResolvedFireworkSettings {
  const { channels = ['FwChannel'], limits, ...rest } = given;
  const [first, ...others] = channels;
  if (!first) throw new RangeError('firework.channels: at least one');
  const settings = { ...DEFAULTS, ...rest };
  const videos = { max: limits === 'none' ? Number.POSITIVE_INFINITY : 20, windowMs: 5 * MINUTE_MS };
  return {
    ...settings,
    channels: [first, ...others],
    limits: { videos, ...(limits === 'none' ? {} : limits) },
    signatureClock: settings.uploads === 'own' ? settings.signatureClock : 'real',
  };
}
