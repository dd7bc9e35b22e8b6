import { describe, expect, it } from 'vitest';
import { isFinal, type JobRecord } from '../src/model/record.js';
import type { Lease, LeaseQuery } from '../src/store/contract.js';
import { memoryStore } from '../src/store/memory.js';
import { ended, makeRecord, message, t0 } from '../src/testing/store-cases/kit.js';

/** What the contract says of one job's place in line, with nothing to be clever about: every job is looked at each time. */
interface Job {
  record: JobRecord;
  order: number;
  fence: number;
  holder?: string;
  until: number;
  /** Ids of its messages; those that a lease has shown are no news. */
  inbox: { id: string; shown: boolean }[];
}

/** Numbers below the sides of a die, the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const holders = ['a', 'b', 'c'];
const lanes: [provider: string, lane: string][] = [
  ['acme', 'main'],
  ['acme', 'slow'],
  ['other', 'main'],
];

/** Random steps on a store, held against the model after each. */
class Comparison {
  readonly store = memoryStore();
  readonly jobs: Job[] = [];
  readonly #roll: (sides: number) => number;
  /** Every lease that was ever given: also lost ones are tried. */
  readonly #leases: { id: string; fence: number }[] = [];
  /** Who has a slot, by lane, and until when. */
  readonly #slots = new Map<string, Map<string, number>>();
  #now = t0;
  #count = 0;
  leased = 0;

  constructor(seed: number) {
    this.#roll = dice(seed);
  }

  async step(): Promise<void> {
    this.#now += this.#roll(4) * this.#roll(15);
    const leaseDue = () => this.#leaseDue();
    const commit = () => this.#commit();
    const steps = [
      ...[() => this.#create(), leaseDue, leaseDue, () => this.#leaseOne(), () => this.#renew(), commit, commit],
      ...[() => this.#post(), () => this.#reopen(), () => (this.#roll(8) === 0 ? this.#close() : leaseDue())],
    ];
    await steps[this.#roll(steps.length)]?.();
  }

  #soon(): number {
    return this.#now + this.#roll(60) - 10;
  }

  #any(): Job | undefined {
    // Mostly one of the last: the others have ended by and by.
    return this.jobs[this.jobs.length - 1 - this.#roll(Math.min(this.jobs.length, 40))];
  }

  #someLease() {
    return this.#leases[this.#leases.length - 1 - this.#roll(Math.min(this.#leases.length, 30))];
  }

  #holding(lease: { id: string; fence: number }): Job | undefined {
    return this.jobs.find(({ record, fence, holder }) => record.id === lease.id && fence === lease.fence && holder);
  }

  async #create(): Promise<void> {
    this.#count += 1;
    const [provider, lane] = lanes[this.#roll(3)] ?? ['acme', 'main'];
    const record = this.#dueSometimes(makeRecord(`job-${this.#count}`, { provider, lane, priority: this.#roll(3) }));
    await this.store.create(record);
    this.jobs.push({ record, order: this.#count, fence: 0, until: 0, inbox: [] });
  }

  #dueSometimes({ dueAt: _before, ...record }: JobRecord): JobRecord {
    return this.#roll(8) === 0 ? record : { ...record, dueAt: this.#soon() };
  }

  #isFree({ record, holder, until }: Job): boolean {
    return !isFinal(record.state) && (holder === undefined || until <= this.#now);
  }

  #isDue({ record }: Job): boolean {
    return record.dueAt !== undefined && record.dueAt <= this.#now;
  }

  #isOpen({ record }: Job, { exceptLanes = [], providers }: Partial<LeaseQuery>): boolean {
    const lane = `${record.provider}/${record.lane}`;
    if (providers !== undefined && !providers.includes(record.provider)) return false;
    return !exceptLanes.includes(lane) || (this.#slots.get(lane)?.get(record.id) ?? 0) > this.#now;
  }

  #query(): LeaseQuery {
    return {
      holder: holders[this.#roll(3)] ?? 'a',
      now: this.#now,
      until: this.#now + this.#roll(40),
      ...(this.#roll(4) === 0 && { exceptLanes: ['acme/main', 'other/main'].slice(this.#roll(2)) }),
      ...(this.#roll(4) === 0 && { providers: [['acme', 'other'][this.#roll(2)] ?? 'acme'] }),
    };
  }

  async #leaseDue(): Promise<void> {
    const query = { ...this.#query(), limit: 1 + this.#roll(3) };
    const expected = this.jobs
      .filter((job) => this.#isFree(job) && this.#isDue(job) && this.#isOpen(job, query))
      .sort((a, b) => b.record.priority - a.record.priority || a.order - b.order)
      .slice(0, query.limit);
    this.#grant(expected, await this.store.lease(query), query);
  }

  async #leaseOne(): Promise<void> {
    const job = this.#any();
    if (job === undefined) return;
    const query = { ...this.#query(), id: job.record.id, early: this.#roll(2) === 0 };
    const fits = this.#isFree(job) && (query.early || this.#isDue(job)) && this.#isOpen(job, query);
    this.#grant(fits ? [job] : [], await this.store.lease(query), query);
  }

  #grant(expected: Job[], given: Lease[], { holder, until }: LeaseQuery): void {
    for (const job of expected) Object.assign(job, { holder, until, fence: job.fence + 1 });
    expect(
      given.map(({ record, fence, messages }) => [record.id, record.dueAt, fence, messages.map(({ id }) => id)]),
    ).toEqual(expected.map(({ record, fence, inbox }) => [record.id, record.dueAt, fence, inbox.map(({ id }) => id)]));
    for (const { inbox } of expected) for (const one of inbox) one.shown = true;
    this.leased += given.length;
    this.#leases.push(...given.map(({ record: { id }, fence }) => ({ id, fence })));
  }

  async #renew(): Promise<void> {
    const lease = this.#someLease();
    if (lease === undefined) return;
    const job = this.#holding(lease);
    const until = this.#now + this.#roll(40);
    if (job !== undefined) job.until = until;
    expect(await this.store.renew([lease], until)).toEqual(job === undefined ? [lease.id] : []);
  }

  async #commit(): Promise<void> {
    const lease = this.#someLease();
    if (lease === undefined) return;
    const job = this.#holding(lease);
    const known = job?.record ?? makeRecord(lease.id);
    const record = this.#roll(8) === 0 ? ended(known, this.#now) : this.#dueSometimes(known);
    const release = this.#roll(3) > 0;
    const slots = `${record.provider}/${record.lane}`;
    const take = this.#roll(6) === 0 && {
      take: { slot: { slots, holder: record.id, max: 1_000, until: this.#now + 40 } },
    };
    const consumed = job?.inbox.filter(() => this.#roll(2) === 0).map(({ id }) => id) ?? [];
    const committed = await this.store.commit({ lease, record, now: this.#now, consumed, release, ...take });
    expect(committed.outcome).toBe(job === undefined ? 'lost' : 'saved');
    if (job === undefined) return;
    if (take !== false) this.#slots.set(slots, (this.#slots.get(slots) ?? new Map()).set(record.id, this.#now + 40));
    job.inbox = isFinal(record.state) ? [] : job.inbox.filter(({ id }) => !consumed.includes(id));
    job.record = record;
    if (job.inbox.some(({ shown }) => !shown)) this.#makeDue(job, this.#now);
    if (release) delete job.holder;
  }

  async #post(): Promise<void> {
    const job = this.#any();
    if (job === undefined) return;
    this.#count += 1;
    await this.store.post(message(`message-${this.#count}`, { job: job.record.id }, { at: this.#now }));
    if (isFinal(job.record.state)) return;
    job.inbox.push({ id: `message-${this.#count}`, shown: false });
    this.#makeDue(job, this.#now);
  }

  #makeDue(job: Job, at: number): void {
    job.record = { ...job.record, dueAt: Math.min(job.record.dueAt ?? at, at) };
  }

  async #reopen(): Promise<void> {
    const job = this.#any();
    if (job === undefined) return;
    const from = job.record.updatedAt;
    const { completedAt: _over, ...rest } = job.record;
    const record = this.#dueSometimes({ ...rest, state: 'queued', updatedAt: this.#now });
    const done = await this.store.reopen({ record, from, now: this.#now });
    expect(done).toBe(isFinal(job.record.state));
    if (!done) return;
    job.record = record;
    delete job.holder;
  }

  async #close(): Promise<void> {
    const holder = holders[this.#roll(3)] ?? 'a';
    await this.store.close(holder);
    for (const job of this.jobs) if (job.holder === holder && !isFinal(job.record.state)) delete job.holder;
  }
}

describe('who is next in memory', () => {
  it.each([1, 2, 3, 4])('is as the contract says, whatever happens (%i)', async (seed) => {
    const comparison = new Comparison(seed);
    for (let step = 0; step < 3_000; step += 1) await comparison.step();
    expect(comparison.leased).toBeGreaterThan(500);
  });
});
