import { isFinal, type JobRecord } from '../model/record.js';
import {
  type Admission,
  type Admitted,
  type Commit,
  type Committed,
  isLaneOf,
  type JobFilter,
  type Lease,
  type LeaseName,
  type LeaseQuery,
  type Message,
  type PartEntry,
  type Reopening,
  type Store,
  type Swept,
} from './contract.js';
import { type Entry, holdsLease, makeEntry, readRecord, refName, writeRecord } from './memory/entry.js';
import { Inboxes } from './memory/inboxes.js';
import { Limits } from './memory/limits.js';
import { Schedule } from './memory/schedule.js';

/** Keeps jobs in this process's memory: the reference for every other store. They end with the process. */
export function memoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  /** In the order of creation. */
  readonly #entries = new Map<string, Entry>();
  /** Those of them that are not final. */
  readonly #live = new Set<Entry>();
  readonly #byKey = new Map<string, Entry>();
  readonly #byRef = new Map<string, Entry[]>();
  readonly #parts = new Map<string, Map<number, PartEntry>>();
  readonly #schedule = new Schedule();
  readonly #limits = new Limits();
  readonly #inboxes = new Inboxes();
  #created = 0;

  async create(record: JobRecord): Promise<{ record: JobRecord; created: boolean }> {
    const taken = record.key === undefined ? undefined : this.#byKey.get(record.key);
    if (taken !== undefined) return { record: readRecord(taken), created: false };
    this.#created += 1;
    const entry = makeEntry(record, this.#created);
    this.#entries.set(entry.id, entry);
    if (entry.key !== undefined) this.#byKey.set(entry.key, entry);
    if (!isFinal(entry.state)) this.#live.add(entry);
    this.#nameRef(entry, undefined);
    this.#schedule.change(entry, () => undefined);
    return { record, created: true };
  }

  async read(id: string): Promise<JobRecord | undefined> {
    return recordOf(this.#entries.get(id));
  }

  async readByKey(key: string): Promise<JobRecord | undefined> {
    return recordOf(this.#byKey.get(key));
  }

  async readByRef(provider: string, ref: string): Promise<JobRecord | undefined> {
    return recordOf(this.#withRef(refName(provider, ref)));
  }

  async *list(filter: JobFilter = {}): AsyncIterable<JobRecord> {
    const live = filter.states !== undefined && !filter.states.some(isFinal);
    const all = live ? [...this.#live] : [...this.#entries.values()];
    let left = filter.limit ?? Number.POSITIVE_INFINITY;
    for (const entry of filter.order === 'newest' ? all.reverse() : all) {
      if (left <= 0) return;
      if (!matches(entry, filter)) continue;
      left -= 1;
      yield readRecord(entry);
    }
  }

  async lease(query: LeaseQuery): Promise<Lease[]> {
    const closed = new Set(query.exceptLanes);
    return query.id === undefined ? this.#leaseDue(query, closed) : this.#leaseOne(query, closed);
  }

  async renew(leases: LeaseName[], until: number): Promise<string[]> {
    const lost = leases.filter((lease) => {
      const entry = this.#entries.get(lease.id);
      if (!holdsLease(entry, lease)) return true;
      this.#schedule.change(entry, () => {
        entry.leaseUntil = until;
      });
      return false;
    });
    return lost.map((lease) => lease.id);
  }

  async commit(commit: Commit): Promise<Committed> {
    const entry = this.#entries.get(commit.lease.id);
    if (!holdsLease(entry, commit.lease)) return { outcome: 'lost' };
    const admitted: Admitted = commit.take ? this.#limits.admit(commit.take, commit.now) : { admitted: true };
    if (!admitted.admitted) {
      const { admitted: _no, ...full } = admitted;
      return { outcome: 'full', ...full };
    }
    for (const hit of commit.settle ?? []) this.#limits.settle(hit);
    this.#inboxes.consume(entry.id, commit.consumed ?? []);
    this.#schedule.change(entry, () => this.#write(entry, commit));
    if (commit.freeSlot) this.#limits.free(entry.lane, entry.id);
    return { outcome: 'saved', pending: this.#inboxes.hasNew(entry.id) };
  }

  async reopen({ record, from }: Reopening): Promise<boolean> {
    const entry = this.#entries.get(record.id);
    if (entry === undefined || !isFinal(entry.state) || readRecord(entry).updatedAt !== from) return false;
    this.#schedule.change(entry, () => {
      const before = entry.refName;
      writeRecord(entry, record);
      endLease(entry);
      this.#nameRef(entry, before);
      this.#live.add(entry);
    });
    this.#parts.delete(record.id);
    return true;
  }

  async sweep(before: number): Promise<Swept> {
    const ended = [...this.#parts.keys()].filter((id) => isOver(this.#entries.get(id), before));
    const parts = ended.reduce((sum, id) => sum + (this.#parts.get(id)?.size ?? 0), 0);
    for (const id of ended) this.#parts.delete(id);
    return { messages: this.#inboxes.sweep(before), parts };
  }

  async admit(admission: Admission, now: number): Promise<Admitted> {
    return this.#limits.admit(admission, now);
  }

  async free(slots: string, holder: string): Promise<void> {
    this.#limits.free(slots, holder);
  }

  async settle(hits: { window: string; token: string; at: number }[]): Promise<void> {
    for (const hit of hits) this.#limits.settle(hit);
  }

  async hold(window: string, until: number): Promise<void> {
    this.#limits.hold(window, until);
  }

  async post(message: Message): Promise<boolean> {
    if (!this.#inboxes.isNew(message)) return false;
    const { to } = message;
    const address = 'job' in to ? to.job : refName(to.provider, to.ref);
    const entry = 'job' in to ? this.#entries.get(address) : this.#withRef(address);
    if (entry === undefined ? 'job' in to : isFinal(entry.state)) {
      this.#inboxes.ignore(message);
      return true;
    }
    this.#inboxes.add(entry?.id ?? address, message);
    if (entry !== undefined) this.#schedule.change(entry, () => makeDue(entry, message.at));
    return true;
  }

  async appendPart(id: string, part: PartEntry): Promise<void> {
    const parts = this.#parts.get(id) ?? new Map<number, PartEntry>();
    this.#parts.set(id, parts.set(part.number, { ...part }));
  }

  async parts(id: string): Promise<PartEntry[]> {
    const parts = [...(this.#parts.get(id)?.values() ?? [])];
    return parts.sort((a, b) => a.number - b.number).map((part) => ({ ...part }));
  }

  async clearParts(id: string): Promise<void> {
    this.#parts.delete(id);
  }

  async close(holder?: string): Promise<void> {
    for (const entry of this.#live) {
      if (holder !== undefined && entry.holder === holder) this.#schedule.change(entry, () => endLease(entry));
    }
  }

  #leaseDue(query: LeaseQuery, closed: ReadonlySet<string>): Lease[] {
    this.#schedule.wake(query.now);
    const asked = [...closed].filter((lane) => isLaneOf(lane, query.providers));
    const exempt = asked.flatMap((lane) => this.#withSlot(lane, query.now));
    const leases: Lease[] = [];
    while (leases.length < (query.limit ?? 1)) {
      const entry = this.#schedule.next({ closed, exempt, providers: query.providers });
      if (entry === undefined) break;
      leases.push(this.#grant(entry, query));
    }
    return leases;
  }

  #leaseOne(query: LeaseQuery, closed: ReadonlySet<string>): Lease[] {
    const entry = this.#entries.get(query.id ?? '');
    if (entry === undefined || isFinal(entry.state)) return [];
    if (entry.holder !== undefined && entry.leaseUntil > query.now) return [];
    const due = entry.dueAt !== undefined && entry.dueAt <= query.now;
    if (!due && !query.early) return [];
    if (!isLaneOf(entry.lane, query.providers)) return [];
    if (closed.has(entry.lane) && !this.#withSlot(entry.lane, query.now).includes(entry)) return [];
    return [this.#grant(entry, query)];
  }

  /** The jobs of a lane that have one of its slots. */
  #withSlot(lane: string, now: number): Entry[] {
    const holders = this.#limits.holders(lane, now);
    return holders.flatMap((id) => this.#entries.get(id) ?? []).filter((entry) => entry.lane === lane);
  }

  #grant(entry: Entry, { holder, until }: LeaseQuery): Lease {
    this.#schedule.change(entry, () => {
      entry.holder = holder;
      entry.fence += 1;
      entry.leaseUntil = until;
    });
    return { record: readRecord(entry), fence: entry.fence, until, messages: this.#inboxes.show(entry.id) };
  }

  #write(entry: Entry, { record, now, release }: Commit): void {
    const before = entry.refName;
    writeRecord(entry, record);
    this.#nameRef(entry, before);
    if (isFinal(entry.state)) {
      this.#live.delete(entry);
      this.#inboxes.clear(entry.id);
    }
    if (this.#inboxes.hasNew(entry.id)) makeDue(entry, now);
    if (release) endLease(entry);
  }

  /** Keeps the look-up by ref right, and claims what came early for a new one. */
  #nameRef(entry: Entry, before: string | undefined): void {
    if (entry.refName === before) return;
    if (before !== undefined) {
      const others = this.#byRef.get(before)?.filter((other) => other !== entry) ?? [];
      if (others.length > 0) this.#byRef.set(before, others);
      else this.#byRef.delete(before);
    }
    if (entry.refName === undefined) return;
    this.#byRef.set(entry.refName, [...(this.#byRef.get(entry.refName) ?? []), entry]);
    this.#inboxes.claim(entry.id, entry.refName);
  }

  /** Of several with one ref, the newest. */
  #withRef(name: string): Entry | undefined {
    return this.#byRef.get(name)?.reduce((newest, entry) => (entry.sequence > newest.sequence ? entry : newest));
  }
}

function recordOf(entry: Entry | undefined): JobRecord | undefined {
  return entry && readRecord(entry);
}

function makeDue(entry: Entry, at: number): void {
  entry.dueAt = Math.min(entry.dueAt ?? at, at);
}

function isOver(entry: Entry | undefined, before: number): boolean {
  return entry !== undefined && isFinal(entry.state) && readRecord(entry).updatedAt < before;
}

function endLease(entry: Entry): void {
  entry.holder = undefined;
}

function matches(entry: Entry, { states, provider, key, name, since }: JobFilter): boolean {
  if (name !== undefined || since !== undefined) {
    const { display, createdAt } = readRecord(entry);
    if (since !== undefined && createdAt < since) return false;
    if (name !== undefined && !display.name.toLowerCase().includes(name.toLowerCase())) return false;
  }
  if (states !== undefined && !states.includes(entry.state)) return false;
  if (provider !== undefined && entry.provider !== provider) return false;
  return key === undefined || entry.key === key;
}
