import type { BucketClient } from '../object-store/bucket-client.js';
import type { Rooms } from '../server/rooms.js';
import type { SlidingWindow } from '../server/sliding-window.js';
import type { FireworkLedger } from './ledger.js';
import type { FireworkUploadStore, ResolvedFireworkSettings } from './settings.js';
import type { Tokens } from './tokens.js';
import type { EmulatedUpload } from './upload-session.js';
import type { EmulatedVideo, EmulatedVideoImport } from './video.js';
import type { FireworkWebhooks } from './webhooks.js';

/** Where uploads lie. */
export interface UploadBucket {
  /** As the provider itself reaches it. */
  store: FireworkUploadStore;
  client: BucketClient;
  /** The address that clients are given, without a slash at its end: the same bucket behind the emulator's door. */
  door: string;
  /** The sha-256 in hex of an object. */
  digest(key: string): Promise<string>;
}

/** Everything that the emulated Firework knows. */
export interface FireworkState {
  rooms: Rooms;
  settings: ResolvedFireworkSettings;
  ledger: FireworkLedger;
  tokens: Tokens;
  webhooks: FireworkWebhooks;
  bucket: UploadBucket;
  /** By key. */
  uploads: Map<string, EmulatedUpload>;
  videos: Map<string, EmulatedVideo>;
  imports: Map<string, EmulatedVideoImport>;
  /** Videos created, by channel. */
  windows: Map<string, SlidingWindow>;
  /** Work under way, to be waited for at close. */
  tasks: Set<Promise<void>>;
}

/** By which clock upload signatures are made and checked: ms since the epoch. */
export function signingTime({ rooms, settings }: Pick<FireworkState, 'rooms' | 'settings'>): number {
  return settings.signatureClock === 'emulator' ? rooms.clock.now() : Date.now();
}
