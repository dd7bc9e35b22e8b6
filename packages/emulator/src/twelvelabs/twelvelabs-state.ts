import type { MediaFacts } from '../media/probe.js';
import type { BucketClient } from '../object-store/bucket-client.js';
import type { ObjectStore } from '../object-store/object-store.js';
import type { Rooms } from '../server/rooms.js';
import type { UploadStore } from '../uploads/upload-bucket.js';
import type { TwelvelabsLedger } from './ledger.js';
import type { RateLimit } from './rate-limit.js';
import type { ResolvedTwelvelabsSettings } from './settings.js';
import type {
  EmulatedAsset,
  EmulatedIndex,
  EmulatedIndexedAsset,
  EmulatedSession,
  EmulatedTransfer,
} from './things.js';
import type { TwelvelabsWebhooks } from './webhooks.js';

/** Where chunks lie. */
export interface ChunkBucket {
  /** As the provider itself reaches it. */
  store: UploadStore;
  client: BucketClient;
  /** The address that clients are given, without a slash at its end: the same bucket behind the emulator's door. */
  door: string;
  /** The sha-256 in hex of an object. */
  digest(key: string): Promise<string>;
}

/** Everything that the emulated TwelveLabs knows. */
export interface TwelvelabsState {
  rooms: Rooms;
  settings: ResolvedTwelvelabsSettings;
  ledger: TwelvelabsLedger;
  limit: RateLimit;
  webhooks: TwelvelabsWebhooks;
  bucket: ChunkBucket;
  /** The emulator's own S3: connected buckets are among its. */
  connected: ObjectStore;
  /** By id. */
  indexes: Map<string, EmulatedIndex>;
  assets: Map<string, EmulatedAsset>;
  indexed: Map<string, EmulatedIndexedAsset>;
  sessions: Map<string, EmulatedSession>;
  /** Oldest first. */
  transfers: EmulatedTransfer[];
  /** What files of connected buckets are, by their digest: a container is read once. */
  facts: Map<string, MediaFacts>;
  /** Work under way, to be waited for at close. */
  tasks: Set<Promise<void>>;
}

/** Runs a task that nobody waits for until the emulator closes; what it throws then is nobody's. */
export function runTask({ rooms, tasks }: Pick<TwelvelabsState, 'rooms' | 'tasks'>, work: () => Promise<void>): void {
  const task = work().catch((error: unknown) => {
    if (rooms.closing.aborted) return;
    const note = error instanceof Error ? error.message : 'it failed';
    rooms.log.add({ provider: 'twelvelabs', method: '', path: 'work under way', status: null, note });
  });
  tasks.add(task);
  void task.finally(() => tasks.delete(task));
}

/** By which clock upload signatures are made and checked: ms since the epoch. */
export function signingTime({ rooms, settings }: Pick<TwelvelabsState, 'rooms' | 'settings'>): number {
  return settings.signatureClock === 'emulator' ? rooms.clock.now() : Date.now();
}
