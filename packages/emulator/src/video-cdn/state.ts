import type { Rooms } from '../server/rooms.js';
import type { Callbacks } from './callbacks.js';
import type { HeldFile } from './cdn-file.js';
import type { VideoCdnLedger } from './ledger.js';
import type { OneTimePasswords } from './one-time-passwords.js';
import type { PullQueue } from './pull-queue.js';
import type { ResolvedVideoCdnSettings } from './settings.js';

/** The bucket of the Video CDN's own storage in the emulator's object store. */
export const VIDEO_CDN_BUCKET = 'video-cdn';

/** Everything that the emulated Video CDN knows. */
export interface VideoCdnState {
  rooms: Rooms;
  /** For files on their way. */
  directory: string;
  settings: ResolvedVideoCdnSettings;
  ledger: VideoCdnLedger;
  passwords: OneTimePasswords;
  callbacks: Callbacks;
  queue: PullQueue;
  /** By name: a name has one file. */
  files: Map<string, HeldFile>;
  lastId: number;
  /** Work under way, to be waited for at close. */
  tasks: Set<Promise<void>>;
}
