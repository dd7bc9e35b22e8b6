import type { HurriedClock } from '../clock/clock.js';
import type { Faults } from '../faults/faults.js';
import type { EmulatorLog } from '../log/log.js';
import type { ObjectStore } from '../object-store/object-store.js';
import type { HttpClient } from './http-client.js';

/** What the emulated providers share. */
export interface Rooms {
  /** Where the emulator listens, without a slash at its end. */
  url: string;
  clock: HurriedClock;
  faults: Faults;
  log: EmulatorLog;
  /** The providers' own storage; each has a bucket of its name. */
  objects: ObjectStore;
  client: HttpClient;
  /** Aborts when the emulator closes. */
  closing: AbortSignal;
}
