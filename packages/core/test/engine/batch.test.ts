import { describe, expect, it } from 'vitest';
import type { AdapterMembers } from '../../src/model/adapter.js';
import { SluiceError } from '../../src/model/error.js';
import type { ImportRequest } from '../../src/model/request.js';
import { memoryStore } from '../../src/store/memory.js';
import { started, startsInTurn } from '../support/acme.js';
import { gather, kinds, requests, run, states } from '../support/batches.js';
import { BusyProvider } from '../support/busy-provider.js';
import { makeClient } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';
import { bound, counted } from '../support/stores.js';

describe('a batch', () => {
  it('brings every request to its end, and says which is which', async () => {
    const client = makeClient();
    const input = requests(300);
    const outcomes = await run(client, input);
    expect(outcomes.map(({ index }) => index)).toEqual(input.map((_, index) => index));
    expect(outcomes.every(({ request, index }) => request === input[index])).toBe(true);
    expect(new Set(states(outcomes))).toEqual(new Set(['completed']));
    expect(client.clock.sleeping).toBe(0);
  });

  it('reads no more than its window holds, however slow its reader is', async () => {
    const client = makeClient();
    let read = 0;
    const lazy = function* () {
      for (const request of requests(500)) {
        read += 1;
        yield request;
      }
    };
    let seen = 0;
    let most = 0;
    const work = async () => {
      for await (const _ of client.sluice.batch(lazy(), { window: 20 })) {
        seen += 1;
        most = Math.max(most, read - seen);
        await client.clock.sleep(1_000);
      }
    };
    await client.clock.run(work());
    expect([seen, read]).toEqual([500, 500]);
    expect(most).toBeLessThanOrEqual(21);
  });

  it('refuses what is wrong, one by one, and goes on with the rest', async () => {
    const client = makeClient();
    const input: ImportRequest[] = [
      ...requests(1),
      { source: 'nonsense' },
      { source: 'https://example.com/b.mp4', provider: 'nobody' },
      { source: 'https://example.com/c.mp4', priority: -1 },
      { source: 'https://example.com/d.mp4' },
    ];
    const outcomes = await run(client, input);
    expect(kinds(outcomes)).toEqual(['ended', 'refused', 'refused', 'refused', 'ended']);
    expect(outcomes.flatMap((one) => (one.kind === 'refused' ? one.error.code : []))).toEqual(
      Array(3).fill('invalid-request'),
    );
  });
});

describe('a batch that is run again', () => {
  it('skips what is done, and asks nobody', async () => {
    const start = startsInTurn(started('r'));
    const client = makeClient({ members: { start } });
    await run(client, requests(5));
    const again = await run(client, requests(6));
    expect(kinds(again)).toEqual(['skipped', 'skipped', 'skipped', 'skipped', 'skipped', 'ended']);
    expect(again[0]).toMatchObject({
      reason: expect.stringMatching(/^completed before, as job job_/),
      snapshot: { state: 'completed' },
    });
    expect(start.calls).toHaveLength(6);
  });

  it('leaves failed ones alone, until they are retried: then a failed one has another attempt', async () => {
    const keys: string[] = [];
    const members: Partial<AdapterMembers> = {
      start: async (request, { key }) => {
        keys.push(key);
        if (keys.length === 1) throw new SluiceError({ code: 'quota', message: 'acme: no credits' });
        return started(request.id);
      },
    };
    const client = makeClient({ members });
    const [failed] = await run(client, requests(1));
    expect(failed).toMatchObject({ kind: 'ended', snapshot: { state: 'failed', error: { code: 'quota' } } });
    const [skipped] = await run(client, requests(1));
    expect(skipped).toMatchObject({ kind: 'skipped', reason: expect.stringContaining('failed before') });
    if (skipped?.kind !== 'skipped') throw new Error('it was not skipped');
    const job = await client.sluice.retry(skipped.snapshot.id);
    expect(job.snapshot).toMatchObject({ state: 'queued', items: [] });
    expect(await client.clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(states(await run(client, requests(1)))).toEqual(['completed']);
    expect(keys).toEqual([`${job.id}-start`, `${job.id}-start-2`]);
  });

  it('goes on with live ones, also beside the process that has them', async () => {
    const clock = new ManualClock();
    const store = memoryStore();
    const provider = new BusyProvider(clock, { workMs: 60_000 });
    const [one, two] = [1, 2].map(() => makeClient({ members: provider.members }, { clock, store }));
    if (one === undefined || two === undefined) throw new Error('two clients');
    const both = await clock.run(
      Promise.all([gather(one.sluice.batch(requests(50))), gather(two.sluice.batch(requests(50)))]),
    );
    expect(both.map(states)).toEqual([Array(50).fill('completed'), Array(50).fill('completed')]);
    expect(provider.order).toHaveLength(50);
    expect(provider.overlaps).toBe(0);
  });

  it('left at the signal, its jobs stay as they are and are gone on with', async () => {
    const clock = new ManualClock();
    const provider = new BusyProvider(clock, { workMs: 60_000 });
    const client = makeClient({ members: provider.members, capabilities: { limits: { jobs: 3 } } }, { clock });
    const stop = new AbortController();
    clock.after(30_000, () => stop.abort());
    const first = await run(client, requests(200), { signal: stop.signal, window: 40 });
    expect(new Set(kinds(first))).toEqual(new Set(['left']));
    expect(first.length).toBeLessThanOrEqual(41);
    expect(states(await run(client, requests(200)))).toEqual(Array(200).fill('completed'));
    expect(provider.order).toHaveLength(200);
    expect(provider.mostAtOnce).toBe(3);
  });

  it('stops when nobody reads it any more, also while its input has nothing to give', async () => {
    const client = makeClient();
    const endless = async function* (): AsyncIterable<ImportRequest> {
      yield* requests(1);
      await new Promise(() => undefined);
    };
    const work = async () => {
      for await (const outcome of client.sluice.batch(endless())) return outcome.kind;
      return 'nothing';
    };
    expect(await client.clock.run(work())).toBe('ended');
  });
});

describe('what a request is known by', () => {
  it('is all that decides what will be at the provider, and nothing else', async () => {
    const { sluice } = makeClient({ members: { account: { login: 'ann' } } });
    const source = 'https://example.com/a.mp4';
    const keyOf = async (rest: Partial<ImportRequest>) => (await sluice.batchIdentity({ source, ...rest })).key;
    const base = await keyOf({});
    expect(base).toMatch(/^batch-[0-9a-f]{64}$/);
    const same: Partial<ImportRequest>[] = [
      { priority: 3 },
      { route: 'direct' },
      { expect: { size: 1 } },
      { deadlineMs: 5 },
      { provider: 'acme' },
    ];
    for (const rest of same) expect(await keyOf(rest), JSON.stringify(rest)).toBe(base);
    const different: Partial<ImportRequest>[] = [
      { source: `${source}?v=2` },
      { name: 'a' },
      { metadata: { title: 'a' } },
      { ifExists: 'skip' },
      { options: { nova: { folder: 'a' } } },
    ];
    const keys = await Promise.all(different.map(keyOf));
    expect(new Set([base, ...keys]).size).toBe(different.length + 1);
    expect(await keyOf({ key: 'mine' })).toBe('mine');
    expect(await keyOf({ source: { kind: 'file', path: '/a', size: 1, modifiedAt: 1 } })).not.toBe(
      await keyOf({ source: { kind: 'file', path: '/a', size: 1, modifiedAt: 2 } }),
    );
  });

  it('is another one for another account, and the same for another API key', async () => {
    const keyWith = async (login: string, apiKey: string) => {
      const { sluice } = makeClient({ members: { account: { login } } }, { settings: { apiKey } });
      return (await sluice.batchIdentity({ source: 'https://example.com/a.mp4' })).key;
    };
    expect(await keyWith('ann', 'key-1')).toBe(await keyWith('ann', 'key-2'));
    expect(await keyWith('ann', 'key-1')).not.toBe(await keyWith('bob', 'key-1'));
  });
});

describe('two requests of one batch', () => {
  it('that are the same are one job, and the second says so', async () => {
    const start = startsInTurn(started('r'));
    const client = makeClient({ members: { start, place: ({ name }) => name } });
    const outcomes = await run(client, [...requests(2), ...requests(1)]);
    expect(start.calls).toHaveLength(2);
    expect(outcomes.map(({ sameAs }) => sameAs)).toEqual([undefined, undefined, 0]);
    expect(states(outcomes)).toEqual(['completed', 'completed', 'completed']);
  });

  it('that would overwrite each other at the provider are not both started', async () => {
    const start = startsInTurn(started('r'));
    const client = makeClient({ members: { start, place: ({ name }) => name }, capabilities: { honours: ['name'] } });
    const outcomes = await run(client, requests(3, { name: 'same' }));
    expect(kinds(outcomes)).toEqual(['ended', 'refused', 'refused']);
    expect(outcomes[2]).toMatchObject({ sameAs: 0, error: { code: 'conflict' } });
    expect(start.calls).toHaveLength(1);
  });
});

describe('a store that fails', () => {
  it('ends the batch with its error; what was begun is left as it is', async () => {
    const working = memoryStore();
    let broken = false;
    const store = {
      ...bound(working),
      create: async (record: Parameters<typeof working.create>[0]) => {
        if (broken) throw new SluiceError({ code: 'unavailable', message: 'jobs.db: the disk is full' });
        return working.create(record);
      },
    };
    const client = makeClient({}, { store });
    const input = function* () {
      yield* requests(3);
      broken = true;
      yield* requests(10).slice(3);
    };
    const seen: string[] = [];
    const work = async () => {
      for await (const { kind } of client.sluice.batch(input())) seen.push(kind);
    };
    await expect(client.clock.run(work())).rejects.toMatchObject({ message: 'jobs.db: the disk is full' });
    broken = false;
    expect(states(await run(client, requests(10)))).toEqual(Array(10).fill('completed'));
  });

  it('is asked once for a request that is done', async () => {
    const { store, calls } = counted(memoryStore());
    const client = makeClient({}, { store });
    await run(client, requests(20));
    calls.clear();
    await run(client, requests(20));
    expect(Object.fromEntries(calls)).toEqual({ create: 20 });
  });
});
