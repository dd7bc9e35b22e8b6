import type { MediaInfo } from './adapter.js';
import type { ErrorFields } from './error.js';
import type { ImportItem, ItemError, ItemOutcome } from './item.js';
import type { JsonValue } from './json.js';
import type { ParsedRequest } from './request.js';
import type { SignedPart } from './upload.js';

/** Where a job is: `completed`, `failed` and `canceled` are final. */
export type JobState = 'queued' | 'running' | 'completed' | 'failed' | 'canceled';

/** What is being done in the meantime. */
export type Phase = 'prepare' | 'transfer' | 'provider' | 'verify';

/** How far it is. `total` is absent where nobody knows it. */
export interface Progress {
  done: number;
  total?: number;
  unit: 'percent' | 'bytes' | 'items';
}

/** Something that the application should know and that stops nothing. */
export interface Warning {
  /** A short word for programs, such as `ignored` or `unmapped-state`. */
  code: string;
  message: string;
}

/** What the provider charges, in its own unit (`credits`, `USD`). */
export interface Cost {
  amount: number;
  unit: string;
}

/** What a job waits for when it is not moving. */
export interface WaitingFor {
  /** `provider`: it is not ready for this job, see `why`. */
  what: 'slot' | 'window' | 'retry' | 'provider';
  /** Epoch milliseconds; absent when it depends on other jobs. */
  until?: number;
  /** For `provider`: what it is busy with. */
  why?: string;
  /** For a retry: the error of the call that failed. */
  error?: ErrorFields;
}

/** What is about to be sent, saved before it is sent. */
export interface Intent {
  /** `start`, or the name of a later effect. */
  effect: string;
  /** One per logical effect: the same when it is repeated. */
  key: string;
  /** Epoch milliseconds. */
  savedAt: number;
  /** What a later effect was asked to do. */
  input?: JsonValue;
  /** What the adapter's `before` saw. */
  before?: JsonValue;
}

/** An upload that was begun: what another process needs to go on with it. */
export interface UploadRecord {
  /** The name of the way. */
  way: string;
  /** Bytes. */
  size: number;
  /** The source must still be the same. */
  fingerprint: string;
  /** Set once a session was begun, for an upload in parts. */
  session?: JsonValue;
  partSize?: number;
  headers?: Record<string, string>;
  /** Signed places: sealed in durable stores, erased once the provider has the bytes. */
  signed?: SignedPart[];
  /** What the start is given as its source. */
  uploaded?: JsonValue;
  /** The parts were to be put together: the call may have taken effect. */
  completing?: boolean;
  /** The provider has the bytes. */
  done?: boolean;
  /** How often it was begun anew. */
  anew: number;
  /** Into a connected bucket: the object's name, whether one was there, and what uploads of it were open before, which are none of ours. */
  into?: { name: string; wasThere: boolean; open: JsonValue[] };
  /** Of the whole, as it was read on its way. */
  sha256?: string;
}

/**
 * How bytes get from the source to the provider. `direct`: the provider takes the source as it is; `presign`: through a presigned URL;
 * `relay`: read here and passed on; `stage`: through a bucket of the user's own; `put`: into the bucket that the provider imports from.
 */
export type RouteKind = 'direct' | 'presign' | 'relay' | 'stage' | 'put';

/** Files that are put into a bucket which the provider imports from. */
export interface PutRecord {
  /** The provider's id of the integration whose bucket it is. */
  integration: string;
  /** What became of those that were come to, in order. */
  files: PutFile[];
}

/** What became of one file: it stands in the bucket (`existing`: it stood there before; else with our `mark`), or it does not. */
export type PutFile =
  | { name: string; outcome: ItemOutcome; size: number; sha256?: string; mark?: string }
  | { name: string; error: ItemError };

/**
 * One request on its way: plain JSON, in a store. The only thing that changes a record is `advance`. Times are epoch
 * milliseconds.
 */
export interface JobRecord {
  id: string;
  /** The caller's own idempotency key. */
  key?: string;
  provider: string;
  adapter: string;
  /** Jobs in one lane share limits. */
  lane: string;
  /** Absent for `direct`. */
  route?: Exclude<RouteKind, 'direct'>;
  state: JobState;
  phase: Phase;
  /** The provider's own word for its state. */
  rawState?: string;
  /** The provider's word is none that the adapter knows. */
  unmapped?: boolean;
  priority: number;
  /** From 2 on for a job that failed and is tried again. */
  attempt?: number;
  createdAt: number;
  updatedAt: number;
  /** When to look again; absent for a final state. */
  dueAt?: number;
  /** When the first start was sent. */
  startedAt?: number;
  completedAt?: number;
  /** When the job is given up: counted from the start, since nobody knows how long it queues before. */
  deadlineAt?: number;
  /** When the provider last said something new. */
  changedAt?: number;
  /** The source and the name, as they may be shown. */
  display: { source: string; name: string };
  /** The whole request; sealed in durable stores, erased once the job is completed or canceled. */
  request?: ParsedRequest;
  intent?: Intent;
  /** The provider's reference to the job: JSON of ids only. */
  ref?: JsonValue;
  /** What the adapter's start wanted its looks to know. */
  memo?: JsonValue;
  /** Proof that a delivery to the job's own callback URL is the provider's: the token's sha-256, and the token, sealed, as long as it may be needed. */
  callback?: { hash: string; token?: string };
  /** What the last delivery with evidence said. */
  evidence?: JsonValue;
  upload?: UploadRecord;
  put?: PutRecord;
  progress?: Progress;
  /** What was measured of the source before the start, and what its container says; `looked` once its size was asked for, whatever came of it. */
  measured?: { size?: number; sha256?: string; media?: MediaInfo; looked?: boolean };
  items: ImportItem[];
  warnings: Warning[];
  error?: ErrorFields;
  cost?: Cost;
  waitingFor?: WaitingFor;
  /** Calls that failed in a row. */
  failures: number;
  /** Looks in a row that saw nothing new. */
  idleLooks: number;
}

/** True for a state that nothing changes any more. */
export function isFinal(state: JobState): boolean {
  return state === 'completed' || state === 'failed' || state === 'canceled';
}

/** What is known of a job now. */
export interface ImportSnapshot {
  id: string;
  key?: string;
  provider: string;
  adapter: string;
  name: string;
  /** The source without credentials and query. */
  source: string;
  state: JobState;
  phase: Phase;
  rawState?: string;
  unmapped?: boolean;
  progress?: Progress;
  items: ImportItem[];
  warnings: Warning[];
  error?: ErrorFields;
  cost?: Cost;
  waitingFor?: WaitingFor;
  /** ISO 8601, as are the other times. */
  createdAt: string;
  updatedAt: string;
  startedAt?: string;
  completedAt?: string;
}

/** The application's view of a record. */
export function snapshotOf(record: JobRecord): ImportSnapshot {
  const { id, provider, adapter, state, phase, items, warnings } = record;
  return {
    id,
    ...(record.key !== undefined && { key: record.key }),
    provider,
    adapter,
    name: record.display.name,
    source: record.display.source,
    state,
    phase,
    ...(record.rawState !== undefined && { rawState: record.rawState }),
    ...(record.unmapped !== undefined && { unmapped: record.unmapped }),
    ...(record.progress !== undefined && { progress: record.progress }),
    items,
    warnings,
    ...(record.error !== undefined && { error: record.error }),
    ...(record.cost !== undefined && { cost: record.cost }),
    ...(record.waitingFor !== undefined && { waitingFor: record.waitingFor }),
    createdAt: isoTime(record.createdAt),
    updatedAt: isoTime(record.updatedAt),
    ...(record.startedAt !== undefined && { startedAt: isoTime(record.startedAt) }),
    ...(record.completedAt !== undefined && { completedAt: isoTime(record.completedAt) }),
  };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** The parts of a record that a durable store seals. */
export interface RecordSecrets {
  request?: ParsedRequest;
  callbackToken?: string;
  /** Of an upload on its way. */
  signed?: SignedPart[];
  /** By position in `items`. */
  assets?: { url?: string; raw?: JsonValue }[];
}
