import { describe, expect, it } from 'vitest';
import { createSluice } from '../../src/engine/create.js';
import { SluiceError } from '../../src/model/error.js';
import type { Commit, LeaseQuery } from '../../src/store/contract.js';
import { memoryStore } from '../../src/store/memory.js';
import { acmeAdapter, completed, looksInTurn, running, started, startsInTurn, unavailable } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';
import { bound, counted } from '../support/stores.js';

function storeAway(): SluiceError {
  return new SluiceError({ code: 'unavailable', message: 'the disk is full' });
}

describe('run', () => {
  it('until idle carries on what others left, whatever it waits for, and ends', async () => {
    const [store, clock] = [memoryStore(), new ManualClock()];
    const script = {
      members: {
        start: startsInTurn(unavailable({ retryAfterMs: 5_000 }), unavailable(), started('r1')),
        status: looksInTurn(running(), unavailable(), running(), completed),
      },
    };
    const left = makeClient(script, { store, clock });
    const job = await clock.run(left.sluice.import({ source }));
    await left.sluice.close();
    const { sluice } = makeClient(script, { store, clock });
    await clock.run(sluice.run({ untilIdle: true }));
    expect((await sluice.job(job.id)).snapshot.state).toBe('completed');
    expect(clock.sleeping).toBe(0);
  });

  it('until idle with nothing to do ends at once', async () => {
    const { sluice, clock } = makeClient();
    const began = clock.now();
    await clock.run(sluice.run({ untilIdle: true }));
    expect(clock.now()).toBe(began);
  });

  it('takes up new jobs until its signal fires, and then ends at once', async () => {
    const [store, clock] = [memoryStore(), new ManualClock()];
    const worker = makeClient({}, { store, clock });
    const stop = new AbortController();
    const work = worker.sluice.run({ signal: stop.signal });
    await clock.advance(60_000);
    const { id } = await makeClient({}, { store, clock }).sluice.import({ source });
    await clock.advance(2_000);
    expect((await worker.sluice.job(id)).snapshot.state).toBe('completed');
    stop.abort();
    await work;
    expect(clock.sleeping).toBe(0);
  });

  it('while nothing is due asks the store a few times a second and no more', async () => {
    const { store, total } = counted(memoryStore());
    const { sluice, clock } = makeClient(
      { members: { status: looksInTurn(running('working', { nextLookMs: 3_600_000 })) } },
      { store },
    );
    await sluice.import({ source });
    const stop = new AbortController();
    const work = sluice.run({ signal: stop.signal });
    await clock.advance(2_000);
    const before = total();
    await clock.advance(60_000);
    expect(total() - before).toBeLessThanOrEqual(60 * 5);
    stop.abort();
    await work;
  });

  it('a step that breaks comes again later and later, and is told in the log', async () => {
    const store = bound(memoryStore());
    const { sluice, clock, log } = makeClient({ members: { status: looksInTurn(completed) } }, { store });
    const job = await sluice.import({ source });
    const { commit } = store;
    let broken = 0;
    store.commit = async (change) => {
      if (change.record.state === 'completed' && broken < 6) {
        broken += 1;
        throw new Error('disk full');
      }
      return commit(change);
    };
    const began = clock.now();
    await clock.run(sluice.run({ untilIdle: true }));
    expect((await sluice.job(job.id)).snapshot.state).toBe('completed');
    expect(log.filter(({ level }) => level === 'warn')).toHaveLength(6);
    expect(clock.now() - began).toBeGreaterThan(1_000);
  });

  it('goes on with other jobs while asking for one does not help', async () => {
    const refused = new SluiceError({ code: 'auth', message: 'acme: wrong key' });
    const { sluice, clock, record } = makeClient(
      {
        capabilities: { honours: ['name'] },
        members: {
          start: async (request) => started(request.name),
          status: async (ref) => (ref === 'bad' ? Promise.reject(refused) : completed),
        },
      },
      { settings: { deadlineMs: 120_000 } },
    );
    const bad = await sluice.import({ source, name: 'bad' });
    const good = await sluice.import({ source, name: 'good' });
    await clock.run(sluice.run({ untilIdle: true }));
    expect((await record(good.id)).state).toBe('completed');
    expect(await record(bad.id)).toMatchObject({ state: 'failed', error: { code: 'timeout' } });
  });

  it('goes on when its store is back, unless its end is awaited, and leaves nothing behind either way', async () => {
    const clock = new ManualClock();
    const memory = bound(memoryStore());
    let away = false;
    const reachable = <T>(work: () => T) => (away ? Promise.reject(storeAway()) : work());
    const store = {
      ...memory,
      lease: async (query: LeaseQuery) => reachable(() => memory.lease(query)),
      commit: async (change: Commit) => reachable(() => memory.commit(change)),
    };
    const { sluice, log } = makeClient({}, { store, clock });
    const stop = new AbortController();
    const work = sluice.run({ signal: stop.signal });
    away = true;
    await clock.advance(20_000);
    const asked = log.filter(({ message }) => message === 'the disk is full').length;
    expect(asked).toBeGreaterThan(2);
    expect(asked).toBeLessThan(6);
    await expect(sluice.run({ untilIdle: true })).rejects.toMatchObject({ message: 'the disk is full' });
    away = false;
    const { id } = await makeClient({}, { store, clock }).sluice.import({ source });
    await clock.advance(7_000);
    expect((await sluice.job(id)).snapshot.state).toBe('completed');
    stop.abort();
    await work;
    expect(clock.sleeping).toBe(0);
  });

  it('notes that a job could not be set aside', async () => {
    const clock = new ManualClock();
    const memory = bound(memoryStore());
    const foreign = createSluice({ providers: { acme: acmeAdapter()({}) }, store: memory, clock });
    await foreign.import({ source });
    const commit = async () => Promise.reject(storeAway());
    const { adapter, settings } = acmeAdapter()({});
    const log: string[] = [];
    const sluice = createSluice({
      providers: { acme: { adapter: { ...adapter, name: 'another' }, settings } },
      ...{ store: { ...memory, commit }, clock, log: ({ message }) => log.push(message) },
    });
    const stop = new AbortController();
    const work = sluice.run({ signal: stop.signal });
    await clock.advance(2_000);
    stop.abort();
    await work;
    expect(log).toEqual([expect.stringMatching(/^job job_\w+: the disk is full$/)]);
    await clock.run(Promise.all([foreign.close(), sluice.close()]));
  });

  it.each([
    ['that are not configured here', 'other', 0],
    ['that have another adapter here', 'theirs', 60],
  ])('leaves jobs of providers %s to those where they are', async (_which, name, mostCommits) => {
    const clock = new ManualClock();
    const { store, calls, total } = counted(memoryStore());
    const status = looksInTurn(running('working', { nextLookMs: 500 }));
    const limits = { jobs: 5 };
    const theirs = createSluice({
      providers: { theirs: acmeAdapter({ members: { status }, capabilities: { limits } })({}) },
      store,
      clock,
    });
    const waiting = createSluice({
      providers: {
        others: acmeAdapter({ members: { start: startsInTurn(unavailable({ retryAfterMs: 1_000 })) } })({}),
      },
      store,
      clock,
    });
    const jobs = [await theirs.import({ source }), await clock.run(waiting.import({ source }))];
    const { adapter, settings } = acmeAdapter()({});
    const providers = { [name]: { adapter: { ...adapter, name: 'another' }, settings } };
    const sluice = createSluice({ providers, store, clock });
    const stop = new AbortController();
    const work = sluice.run({ signal: stop.signal });
    const [before, committed] = [total(), calls.get('commit') ?? 0];
    await clock.advance(60_000);
    expect(total() - before).toBeLessThan(60 * 7);
    expect((calls.get('commit') ?? 0) - committed).toBeLessThanOrEqual(mostCommits);
    // Their own process finds them due, and soon.
    const looks = status.calls.length;
    const waited = jobs[0]?.wait({ timeoutMs: 10_000 }).catch((error: unknown) => error);
    expect(await clock.run(Promise.resolve(waited))).toMatchObject({ code: 'timeout' });
    expect(status.calls.length - looks).toBeGreaterThan(3);
    stop.abort();
    await work;
    expect(await sluice.run({ untilIdle: true })).toBeUndefined();
    await clock.run(Promise.all([theirs.close(), waiting.close(), sluice.close()]));
  });
});
