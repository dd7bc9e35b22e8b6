import { describe, expect, it } from 'vitest';
import { createSluice } from '../../src/engine/create.js';
import type { AdapterMembers } from '../../src/model/adapter.js';
import { SluiceError } from '../../src/model/error.js';
import type { ImportRequest } from '../../src/model/request.js';
import { memoryStore } from '../../src/store/memory.js';
import { acmeAdapter, completed, started, unavailable } from '../support/acme.js';
import { requests } from '../support/batches.js';
import { BusyProvider } from '../support/busy-provider.js';
import { ManualClock } from '../support/manual-clock.js';
import { bound } from '../support/stores.js';

describe('a batch over several providers', () => {
  function twoProviders(clock: ManualClock, slow: Partial<AdapterMembers>, limits = {}) {
    const store = memoryStore();
    const fast = new BusyProvider(clock, { workMs: 1_000 });
    const sluice = createSluice({
      providers: {
        slow: acmeAdapter({ members: slow, capabilities: { limits } })({}),
        fast: acmeAdapter({ members: fast.members })({}),
      },
      store,
      clock,
      concurrency: 16,
    });
    return { sluice, clock, fast };
  }
  const mixed = (count: number): ImportRequest[] =>
    requests(count).map((request, index) => ({ ...request, provider: index % 2 === 0 ? 'slow' : 'fast' }));

  it('is not held up by one that is at its limit', async () => {
    const clock = new ManualClock();
    const slow = new BusyProvider(clock, { workMs: 600_000 });
    const client = twoProviders(clock, slow.members, { jobs: 1 });
    const begun = clock.now();
    const ends: number[] = [];
    const work = async () => {
      for await (const { request } of client.sluice.batch(mixed(400))) {
        if (request.provider === 'fast') ends.push(clock.now() - begun);
        if (ends.length === 200) break;
      }
    };
    await clock.run(work());
    await clock.run(client.sluice.close());
    expect(ends).toHaveLength(200);
    expect(Math.max(...ends)).toBeLessThan(60_000);
  });

  it('takes no store that cannot be written for a provider that is down', async () => {
    const clock = new ManualClock();
    const store = bound(memoryStore());
    const sluice = createSluice({ providers: { acme: acmeAdapter()({}) }, store, clock, concurrency: 4 });
    const jobs = await Promise.all(requests(20).map(({ source }) => sluice.import({ source })));
    store.commit = async () => {
      throw new SluiceError({ code: 'unavailable', message: 'the disk is full' });
    };
    const begun = clock.now();
    const told = await clock.run(Promise.allSettled(jobs.map((job) => job.wait())));
    expect(told.every((one) => one.status === 'rejected' && one.reason.message === 'the disk is full')).toBe(true);
    // All at once, and not one by one as the provider is tried.
    expect(clock.now() - begun).toBeLessThan(10_000);
    await clock.run(sluice.close());
  });

  it('is not held up by one that is down, which is asked only now and then, and is gone on with when it is back', async () => {
    const clock = new ManualClock();
    const backAt = clock.now() + 600_000;
    let asked = 0;
    const start: AdapterMembers['start'] = async (request, { signal }) => {
      if (clock.now() >= backAt) return started(request.id, completed);
      asked += 1;
      // As one that takes every connection and never answers.
      await clock.sleep(30_000, signal);
      throw unavailable();
    };
    const client = twoProviders(clock, { start });
    const batch = client.sluice.batch(mixed(400));
    const begun = clock.now();
    const ends: number[] = [];
    let down: string[] = [];
    const work = async () => {
      for await (const { request, kind } of batch) {
        expect(kind).toBe('ended');
        if (request.provider === 'fast') ends.push(clock.now() - begun);
      }
    };
    clock.after(300_000, () => {
      down = batch.status().down.map(({ provider }) => provider);
    });
    await clock.run(work());
    await clock.run(client.sluice.close());
    expect(ends).toHaveLength(200);
    expect(Math.max(...ends)).toBeLessThan(60_000);
    expect(down).toEqual(['slow']);
    // Those of the first moments, and then one every minute at most: its 30 s, and 30 s of peace.
    expect(asked).toBeLessThan(16 + 5 + 600 / 30);
  });
});
