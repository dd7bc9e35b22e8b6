import { canonicalJson } from '../../model/json.js';
import type { JobRecord, JobState } from '../../model/record.js';
import { type LeaseName, slotsName } from '../contract.js';

/** One record as memory keeps it: its JSON as text, which is smaller than its objects, and the few fields to look for. */
export interface Entry {
  readonly id: string;
  readonly key: string | undefined;
  /** In the order of creation. */
  readonly sequence: number;
  provider: string;
  /** As {@link slotsName} writes it. */
  lane: string;
  state: JobState;
  priority: number;
  dueAt: number | undefined;
  /** Of the provider and the canonical ref. */
  refName: string | undefined;
  text: string;
  holder: string | undefined;
  fence: number;
  leaseUntil: number;
  /** While it waits: not later than when it may be leased. */
  wakeAt: number;
  ready: boolean;
  /** Where it stands in the schedule's heap that it is in; -1 in none. */
  heapIndex: number;
}

/** A new entry, with its record. */
export function makeEntry(record: JobRecord, sequence: number): Entry {
  return {
    id: record.id,
    key: record.key,
    sequence,
    ...readFields(record),
    holder: undefined,
    fence: 0,
    leaseUntil: 0,
    wakeAt: 0,
    ready: false,
    heapIndex: -1,
  };
}

/** Replaces an entry's record. */
export function writeRecord(entry: Entry, record: JobRecord): void {
  Object.assign(entry, readFields(record));
}

/** An entry's record, made anew for its reader. */
export function readRecord(entry: Entry): JobRecord {
  const record: JobRecord = JSON.parse(entry.text);
  // A message makes a job due without its text being written again.
  if (entry.dueAt !== undefined) record.dueAt = entry.dueAt;
  return record;
}

/** True while the lease is the last one that was given, even past its time, and was not given back. */
export function holdsLease(entry: Entry | undefined, lease: LeaseName): entry is Entry {
  return entry !== undefined && entry.holder !== undefined && entry.fence === lease.fence;
}

/** One name for a provider's ref. */
export function refName(provider: string, ref: string): string {
  return `${provider}\n${ref}`;
}

/** True for what {@link refName} made; no job's id has a line end. */
export function isRefName(address: string): boolean {
  return address.includes('\n');
}

function readFields(record: JobRecord) {
  return {
    provider: record.provider,
    lane: slotsName(record.provider, record.lane),
    state: record.state,
    priority: record.priority,
    dueAt: record.dueAt,
    refName: record.ref === undefined ? undefined : refName(record.provider, canonicalJson(record.ref)),
    text: compactJson(record),
  };
}

const wideCharacter = /[\u0100-\uffff]/;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * JSON in half the memory: JavaScript keeps a whole text in two bytes a character as soon as one needs them, and the `…` of a
 * redacted URL does. Such characters are written as escapes, and the text is read anew from its bytes.
 */
function compactJson(record: JobRecord): string {
  const text = JSON.stringify(record);
  if (!wideCharacter.test(text)) return text;
  const ascii = text.replace(/[\u0080-\uffff]/g, escapeCharacter);
  return ascii.length < 2 * text.length ? decoder.decode(encoder.encode(ascii)) : text;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
