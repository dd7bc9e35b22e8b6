import type { JsonValue } from '../model/json.js';
import type { JobRecord, JobState } from '../model/record.js';

/** The right to change one record until `until`. `fence` grows with every lease: a commit under an older one is lost. */
export interface Lease {
  record: JobRecord;
  fence: number;
  /** Epoch milliseconds. */
  until: number;
  /** The job's inbox, oldest first. */
  messages: Message[];
}

/** A lease, named. */
export type LeaseName = { id: string; fence: number };

/** Which records to lease: one by its id, or any that are due. */
export interface LeaseQuery {
  /** Who asks: one name a process. */
  holder: string;
  /** Epoch milliseconds. */
  now: number;
  /** When the lease passes on unless it is renewed. */
  until: number;
  /**
   * One record, if it is due; else any records that are due, the highest priority first, then the oldest. A record without
   * `dueAt` is never due by itself.
   */
  id?: string;
  /** Lease the record named by `id` also before it is due. */
  early?: boolean;
  /** At most so many; default 1. */
  limit?: number;
  /** Lanes to pass over for now, as `provider/lane`, where the job holds no slot: they are full. */
  exceptLanes?: string[];
  /** Only jobs of these providers, those that the asker has; default of any. */
  providers?: string[];
}

/** One call that counts in a window. */
export interface WindowHit {
  /** The window's name. */
  window: string;
  /** Unique; settles the hit later. */
  token: string;
  max: number;
  windowMs: number;
  /** The latest moment at which the provider may see the call: it counts until `windowMs` after. */
  until: number;
}

/** A place among the jobs that a provider works on. */
export interface SlotRequest {
  /** The lane's name. */
  slots: string;
  /** Whose: a job's id. Asking twice for the same holder is asking once. */
  holder: string;
  max: number;
  /** When it is free again at the latest. */
  until: number;
}

/** What must be free before a call is made; all of it is taken, or nothing. */
export interface Admission {
  slot?: SlotRequest;
  hits?: WindowHit[];
}

/**
 * Everything was taken; or something is full. `until` is when the windows let it in, as far as is known now; absent for slots,
 * which depend on other jobs.
 */
export type Admitted = { admitted: true } | { admitted: false; what: 'slot' | 'window'; until?: number };

/** One change of a record, all or nothing. */
export interface Commit {
  lease: LeaseName;
  record: JobRecord;
  /** Epoch milliseconds. */
  now: number;
  /** Taken with the change; if it is full, nothing is changed. */
  take?: Admission;
  /** Calls that were answered by `at`: they count from then on. */
  settle?: { window: string; token: string; at: number }[];
  /** The job gives its lane's slot back. */
  freeSlot?: boolean;
  /** Messages that were read. */
  consumed?: string[];
  /** The lease ends with the change. */
  release?: boolean;
}

/** What became of a commit: `lost` means that another holder has the lease now. */
export type Committed =
  | {
      outcome: 'saved';
      /**
       * The inbox holds something that no lease has shown: it came since, or was there before the job had its ref. The record
       * was saved as due now.
       */
      pending: boolean;
    }
  | { outcome: 'lost' }
  | { outcome: 'full'; what: 'slot' | 'window'; until?: number };

/** Something for a job's inbox: a hint to look, a wish to cancel, evidence. */
export interface Message {
  /** The same message twice counts once. */
  id: string;
  /** A job, or the job that has or will have this ref (canonical JSON). */
  to: { job: string } | { provider: string; ref: string };
  kind: string;
  body?: JsonValue;
  /** Epoch milliseconds. */
  at: number;
}

/** A job that is over and is to have another attempt. */
export interface Reopening {
  /** As it is from now on: not final. Id, key, provider, lane and priority stay as they are. */
  record: JobRecord;
  /** The `updatedAt` of the record that was seen: another one is left alone. */
  from: number;
  /** Epoch milliseconds. */
  now: number;
}

/** What {@link Store.sweep} took away. */
export interface Swept {
  /** Messages for a job that never came, and the names of messages that were read. */
  messages: number;
  /** Parts of uploads whose job is over. */
  parts: number;
}

/** Which jobs to list. */
export interface JobFilter {
  states?: JobState[];
  provider?: string;
  key?: string;
  /** Part of the name, in any case. */
  name?: string;
  /** Created then or later. Epoch milliseconds. */
  since?: number;
  /** At most so many. */
  limit?: number;
  /** `oldest` first (the default), or `newest`. */
  order?: 'oldest' | 'newest';
}

/** A part that the object store has. */
export interface PartEntry {
  /** From 1. */
  number: number;
  /** As received. */
  etag: string;
  /** Bytes. */
  size: number;
}

/**
 * Where jobs live. Every method is atomic. Records go in and come out by value: what a caller does to one afterwards changes
 * nothing in the store. Guaranteed by the caller: ids are unique, times grow, `commit` keeps `id`, `key`, `provider`, `lane`,
 * `priority` and `createdAt`.
 * A store has no clock: a lease, a slot or a hit has run out as soon as a `now` that it is given has reached its `until`.
 */
export interface Store {
  /** Adds a record; when its `key` is taken, adds nothing and answers with the record that has it. */
  create(record: JobRecord): Promise<{ record: JobRecord; created: boolean }>;
  read(id: string): Promise<JobRecord | undefined>;
  /** By the caller's own key. */
  readByKey(key: string): Promise<JobRecord | undefined>;
  /** By the provider's reference, as canonical JSON; of several that have it, the newest. */
  readByRef(provider: string, ref: string): Promise<JobRecord | undefined>;
  list(filter?: JobFilter): AsyncIterable<JobRecord>;
  /**
   * Leases records that nobody holds (or whose lease has run out) and that are not final. Until another holder comes, a lease
   * that has run out can still be renewed and committed under.
   */
  lease(query: LeaseQuery): Promise<Lease[]>;
  /** Prolongs leases; answers with the ids of those that are lost. */
  renew(leases: LeaseName[], until: number): Promise<string[]>;
  commit(commit: Commit): Promise<Committed>;
  /** Brings a final record back to life, with an empty inbox and no parts; false when it is not final, not there, or was changed meanwhile. */
  reopen(reopening: Reopening): Promise<boolean>;
  /** Takes away what nobody needs any more and was left before a moment: it is never in the way, it only takes room. */
  sweep(before: number): Promise<Swept>;
  /** Takes slots and windows for a call that belongs to no record's step, or for a repeated attempt. */
  admit(admission: Admission, now: number): Promise<Admitted>;
  /** Gives back what {@link Store.admit} took: a holder's slot. */
  free(slots: string, holder: string): Promise<void>;
  /** Settles hits, as in a commit. */
  settle(hits: { window: string; token: string; at: number }[]): Promise<void>;
  /** Nobody gets into the window before `until`: the provider said so. */
  hold(window: string, until: number): Promise<void>;
  /**
   * Adds to an inbox and makes the job due; false when the message was there, or had been. A job that ends leaves nothing in
   * its inbox. What comes for one that has ended, or for an id that is not there, is only remembered as having been.
   */
  post(message: Message): Promise<boolean>;
  /** Remembers a part; a number again replaces it. */
  appendPart(id: string, part: PartEntry): Promise<void>;
  /** In the order of their numbers. */
  parts(id: string): Promise<PartEntry[]>;
  /** Forgets them: the upload is begun anew. */
  clearParts(id: string): Promise<void>;
  /** Ends in order: every lease of `holder` passes on at once, and whatever is open is closed. Using the store again opens it again. */
  close(holder?: string): Promise<void>;
}

/** The name of a lane's slots. */
export function slotsName(provider: string, lane: string): string {
  return `${provider}/${lane}`;
}

/** Whether slots' name is that of a lane of one of the providers, or of any where none are named. */
export function isLaneOf(slots: string, providers: readonly string[] | undefined): boolean {
  return providers === undefined || providers.some((provider) => slots.startsWith(slotsName(provider, '')));
}

/** The name of a lane's window for one kind of call. */
export function windowName(options: {
  provider: string;
  lane: string;
  kind: 'starts' | 'statuses' | 'probes';
}): string {
  return `${options.provider}/${options.lane}/${options.kind}`;
}
