import assert from 'node:assert/strict';
import type { JobRecord } from '../../model/record.js';
import type {
  Admission,
  Commit,
  Committed,
  Lease,
  LeaseQuery,
  Message,
  Store,
  WindowHit,
} from '../../store/contract.js';

/** What a store must do, by a sentence that says it. Each is given a store of its own. */
export type StoreBehaviours = Record<string, (store: Store) => Promise<void>>;

/** When every case begins: epoch milliseconds. */
export const t0 = 1_800_000_000_000;

/** A record that is due at {@link t0}. */
export function makeRecord(id: string, changes: Partial<JobRecord> = {}): JobRecord {
  return {
    id,
    provider: 'acme',
    adapter: 'acme',
    lane: 'main',
    state: 'queued',
    phase: 'prepare',
    priority: 0,
    createdAt: t0,
    updatedAt: t0,
    dueAt: t0,
    display: { source: `https://example.com/${id}.mp4`, name: `${id}.mp4` },
    request: { source: { kind: 'url', url: `https://example.com/${id}.mp4?signature=${id}` } },
    items: [],
    warnings: [],
    failures: 0,
    idleLooks: 0,
    ...changes,
  };
}

/** The record of a job that has ended. */
export function ended(record: JobRecord, now = t0): JobRecord {
  const { dueAt: _never, request: _erased, ...rest } = record;
  return { ...rest, state: 'completed', completedAt: now, updatedAt: now };
}

/** Adds records, one after the other. */
export async function createAll(store: Store, ...records: JobRecord[]): Promise<void> {
  for (const record of records) await store.create(record);
}

/** Leases for 15 s. */
export function lease(store: Store, query: Partial<LeaseQuery> = {}): Promise<Lease[]> {
  const now = query.now ?? t0;
  return store.lease({ holder: 'a', now, until: now + 15_000, ...query });
}

/** Leases what must be there to be leased. */
export async function leaseOne(store: Store, query: Partial<LeaseQuery> = {}): Promise<Lease> {
  const [leased] = await lease(store, query);
  assert.ok(leased, 'expected a lease');
  return leased;
}

/** The ids of what is leased, in the order of the answer. */
export async function leasedIds(store: Store, query: Partial<LeaseQuery> = {}): Promise<string[]> {
  return (await lease(store, { limit: 100, ...query })).map(({ record }) => record.id);
}

/** Commits under a lease: the leased record with changes. */
export function commit(
  store: Store,
  { record, fence }: Pick<Lease, 'record' | 'fence'>,
  options: Partial<Omit<Commit, 'record' | 'lease'>> & { changes?: Partial<JobRecord> } = {},
): Promise<Committed> {
  const { changes, ...extras } = options;
  return store.commit({ lease: { id: record.id, fence }, record: { ...record, ...changes }, now: t0, ...extras });
}

export const saved: Committed = { outcome: 'saved', pending: false };
export const savedPending: Committed = { outcome: 'saved', pending: true };
export const lost: Committed = { outcome: 'lost' };
export const admitted = { admitted: true };

/** A call in a window of two calls a minute. */
export function hit(token: string, changes: Partial<WindowHit> = {}): WindowHit {
  return { window: 'acme/main/starts', token, max: 2, windowMs: 60_000, until: t0, ...changes };
}

/** One of two slots, for an hour. */
export function slot(holder: string, changes: Partial<NonNullable<Admission['slot']>> = {}): Admission {
  return { slot: { slots: 'acme/main', holder, max: 2, until: t0 + 3_600_000, ...changes } };
}

export function message(id: string, to: Message['to'], changes: Partial<Message> = {}): Message {
  return { id, to, kind: 'look', at: t0, ...changes };
}

/** Everything that a list gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
