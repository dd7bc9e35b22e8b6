import type { ErrorFields } from './error.js';
import type { ImportSnapshot, JobState, Phase, Progress, Warning } from './record.js';

/** Something that happened to a job. Progress is coalesced for slow readers; nothing else is ever dropped. */
export type ImportEvent =
  | { type: 'state'; job: string; state: JobState; phase: Phase; rawState?: string }
  | { type: 'progress'; job: string; progress: Progress }
  | { type: 'warning'; job: string; warning: Warning }
  | { type: 'retry'; job: string; error: ErrorFields; retryAt: string }
  | { type: 'waiting'; job: string; what: 'slot' | 'window' | 'provider'; until?: string; why?: string }
  | { type: 'job'; job: string; snapshot: ImportSnapshot };
