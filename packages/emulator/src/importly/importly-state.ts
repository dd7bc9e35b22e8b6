import type { Rooms } from '../server/rooms.js';
import { type EmulatedImport, type EmulatedMetadataJob, isActive } from './job.js';
import type { Ledger } from './ledger.js';
import type { RateLimits } from './rate-limits.js';
import type { ResolvedImportlySettings } from './settings.js';
import type { Webhooks } from './webhooks.js';

/** Everything that the emulated Importly knows. */
export interface ImportlyState {
  rooms: Rooms;
  settings: ResolvedImportlySettings;
  limits: RateLimits;
  ledger: Ledger;
  webhooks: Webhooks;
  imports: Map<string, EmulatedImport>;
  metadataJobs: Map<string, EmulatedMetadataJob>;
  /** Jobs that are queued or running, kept apart so that counting them does not grow with the history. */
  active: { imports: Set<EmulatedImport>; metadata: Set<EmulatedMetadataJob> };
  account: { credits: number };
  /** Work under way, to be waited for at close. */
  tasks: Set<Promise<void>>;
}

/** Takes a job into the active ones and keeps the peaks. */
export function enter(state: ImportlyState): void {
  const { imports, metadata } = state.active;
  state.ledger.peakConcurrent = Math.max(state.ledger.peakConcurrent, imports.size);
  state.ledger.peakConcurrentMetadata = Math.max(state.ledger.peakConcurrentMetadata, metadata.size);
}

/** Lets the finished ones go. */
export function leave(state: ImportlyState, job: EmulatedImport | EmulatedMetadataJob): void {
  if (isActive(job)) return;
  if ('kind' in job) state.active.metadata.delete(job);
  else state.active.imports.delete(job);
}
