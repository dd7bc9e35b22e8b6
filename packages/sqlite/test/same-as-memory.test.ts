import { memoryStore, type Store } from '@sluice/core';
import type { Admission, Commit, JobRecord, Lease, Message } from '@sluice/core/adapter';
import { describe, expect, it } from 'vitest';
import { sqlite } from '../src/index.js';
import { makeRecord, scratchPath, t0 } from './scratch.js';

/** Numbers that look random and are the same in every run (mulberry32). */
function makeRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(next() * count);
  return {
    below,
    chance: (share: number) => next() < share,
    pick: <T>(...items: T[]): T => items[below(items.length)] as T,
  };
}

/** What is done to both stores, made up from what is known of them. */
class Doings {
  readonly #random;
  #now = t0;
  #made = 0;
  #leases: Lease[] = [];

  constructor(seed: number) {
    this.#random = makeRandom(seed);
  }

  next(): (store: Store) => Promise<unknown> {
    const { chance, pick } = this.#random;
    if (chance(0.5)) this.#now += pick(1, 50, 500, 20_000);
    return pick(
      () => this.#create(),
      () => this.#leaseDue(),
      () => this.#leaseOne(),
      () => this.#commit(),
      () => this.#commit(),
      () => this.#commit(),
      () => this.#post(),
      () => this.#limits(),
      () => this.#rest(),
    )();
  }

  /** Remembers leases, to commit under them long after. */
  seen(result: unknown): void {
    if (Array.isArray(result)) this.#leases.push(...result.filter((one) => typeof one === 'object' && 'fence' in one));
    this.#leases = this.#leases.slice(-12);
  }

  #job = () => `job-${this.#random.below(Math.max(1, this.#made))}`;
  #ref = () => `r${this.#random.below(6)}`;

  #create() {
    const { below, chance, pick } = this.#random;
    const record = makeRecord(`job-${this.#made}`, {
      ...(chance(0.3) && { key: `key-${below(5)}` }),
      ...(chance(0.1) && { ref: this.#ref() }),
      provider: pick('acme', 'acme', 'acme', 'zeta'),
      lane: pick('one', 'two'),
      priority: below(3),
      dueAt: this.#now + pick(0, 0, 100, 30_000),
    });
    this.#made += 1;
    return (store: Store) => store.create(record);
  }

  #leaseDue() {
    const { below, pick } = this.#random;
    const [now, limit] = [this.#now, 1 + below(3)];
    const exceptLanes = pick([], ['acme/one'], ['acme/one', 'acme/two']);
    const providers = pick(['acme'], ['acme', 'zeta'], ['zeta']);
    const [holder, until] = [pick('a', 'b'), now + pick(200, 15_000)];
    return (store: Store) => store.lease({ holder, now, until, limit, exceptLanes, providers });
  }

  #leaseOne() {
    const { chance, pick } = this.#random;
    const [now, id, early] = [this.#now, this.#job(), chance(0.5)];
    const exceptLanes = pick([], [], [], ['acme/two']);
    const [holder, until] = [pick('a', 'b'), now + pick(200, 15_000)];
    return (store: Store) => store.lease({ holder, now, until, id, early, exceptLanes });
  }

  #commit() {
    const { chance, pick } = this.#random;
    const lease = pick(...this.#leases);
    if (lease === undefined) return async () => undefined;
    const now = this.#now;
    const ended = chance(0.15);
    const { dueAt: _due, ...rest } = lease.record;
    const record: JobRecord = {
      ...rest,
      state: ended ? pick('completed', 'failed', 'canceled') : 'running',
      ...(!ended && chance(0.9) && { dueAt: now + pick(0, 100, 20_000) }),
      ...(chance(0.3) && { ref: this.#ref() }),
      failures: this.#random.below(9),
    };
    const change: Commit = {
      lease: { id: record.id, fence: lease.fence },
      record,
      now,
      ...(chance(0.3) && { take: this.#admission(record.id) }),
      ...(chance(0.2) && { settle: [{ window: 'w', token: `t${this.#random.below(this.#made * 2 + 1)}`, at: now }] }),
      ...(chance(0.3) && { freeSlot: true }),
      ...(chance(0.5) && { consumed: lease.messages.slice(0, 1).map(({ id }) => id) }),
      ...((ended || chance(0.6)) && { release: true }),
    };
    return (store: Store) => store.commit(change);
  }

  #admission(holder: string): Admission {
    const { below, chance, pick } = this.#random;
    const until = this.#now + pick(100, 40_000);
    const hit = () => ({
      window: 'w',
      token: `t${this.#made}-${below(1e9)}`,
      max: 4,
      windowMs: 5_000,
      until: this.#now + 50,
    });
    return {
      ...(chance(0.7) && { slot: { slots: pick('acme/one', 'acme/two'), holder, max: 2, until } }),
      ...(chance(0.5) && { hits: [hit(), ...(chance(0.2) ? [hit()] : [])] }),
    };
  }

  #post() {
    const { below, chance } = this.#random;
    const message: Message = {
      id: `m${below(60)}`,
      to: chance(0.5) ? { job: this.#job() } : { provider: 'acme', ref: JSON.stringify(this.#ref()) },
      kind: 'look',
      ...(chance(0.5) && { body: { n: below(9) } }),
      at: this.#now,
    };
    return (store: Store) => store.post(message);
  }

  #limits() {
    const { pick } = this.#random;
    const [now, job, admission] = [this.#now, this.#job(), this.#admission(this.#job())];
    return pick<(store: Store) => Promise<unknown>>(
      (store) => store.admit(admission, now),
      (store) => store.free('acme/one', job),
      (store) => store.hold('w', now + 300),
    );
  }

  #rest() {
    const { pick } = this.#random;
    const [job, ref, until] = [this.#job(), JSON.stringify(this.#ref()), this.#now + 5_000];
    const lease = pick(...this.#leases);
    const names = lease === undefined ? [] : [{ id: lease.record.id, fence: lease.fence }];
    const holder = pick('a', 'b', 'c', 'd');
    return pick<(store: Store) => Promise<unknown>>(
      (store) => store.read(job),
      (store) => store.readByRef('acme', ref),
      (store) => store.renew(names, until),
      (store) => store.close(holder),
    );
  }
}

async function listed(store: Store): Promise<JobRecord[]> {
  const records: JobRecord[] = [];
  for await (const record of store.list()) records.push(record);
  return records;
}

describe('the SQLite store and the memory store', () => {
  it.each([1, 2, 3, 4])('answer alike, whatever is done to them (%i)', async (seed) => {
    const [memory, file] = [memoryStore(), sqlite({ path: scratchPath() })];
    const doings = new Doings(seed);
    for (let count = 0; count < 500; count += 1) {
      const doing = doings.next();
      const expected = await doing(memory);
      expect(await doing(file), `step ${count}`).toEqual(expected);
      doings.seen(expected);
    }
    expect(await listed(file)).toEqual(await listed(memory));
    await file.close();
  });
});
