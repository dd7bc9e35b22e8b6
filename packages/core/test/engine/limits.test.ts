import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AdapterMembers } from '../../src/model/adapter.js';
import type { Limits } from '../../src/model/capabilities.js';
import { SluiceError } from '../../src/model/error.js';
import { memoryStore } from '../../src/store/memory.js';
import { type ScriptedAnswer, scriptedHttp } from '../../src/testing/scripted-http.js';
import { running } from '../support/acme.js';
import { BusyProvider } from '../support/busy-provider.js';
import { makeClient, source } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';
import { bound, counted } from '../support/stores.js';

const doneSchema = z.object({ done: z.boolean() });

/** A client of a busy provider, with its store calls counted. */
function busyClient(limits: Limits, options: { workMs: number; callMs?: number }) {
  const clock = new ManualClock();
  const provider = new BusyProvider(clock, options);
  const { store, total } = counted(memoryStore());
  const client = makeClient(
    { members: provider.members, capabilities: { limits, honours: ['name', 'priority'] } },
    { clock, store },
  );
  return { ...client, provider, storeCalls: total };
}

async function importAll(client: ReturnType<typeof busyClient>, priorities: number[]) {
  return Promise.all(
    priorities.map((priority, index) => client.sluice.import({ source, name: `${priority}-${index}`, priority })),
  );
}

describe('500 jobs in two slots', () => {
  const priorities = Array.from({ length: 500 }, (_, index) => (index * 7) % 5);
  const inOrder = priorities
    .map((priority, index) => ({ priority, index }))
    .sort((a, b) => b.priority - a.priority || a.index - b.index)
    .map(({ priority, index }) => `${priority}-${index}`);

  it('are never more than two at once, by priority and then age, each slot used as soon as it is free', async () => {
    const client = busyClient({ jobs: 2 }, { workMs: 2_500 });
    const { clock, provider, storeCalls } = client;
    const jobs = await importAll(client, priorities);
    const begun = provider.order.slice();
    expect(begun).toHaveLength(2);
    const done = await clock.run(Promise.all(jobs.map((job) => job.wait())));
    expect(done.every(({ state }) => state === 'completed')).toBe(true);
    expect(provider.mostAtOnce).toBe(2);
    expect(provider.order.slice(2)).toEqual(inOrder.filter((name) => !begun.includes(name)));
    const seen = new Set(provider.seenDoneAt);
    expect(provider.startedAt.slice(2).filter((at) => !seen.has(at))).toEqual([]);
    // What the jobs' own steps need, and one try at each freed slot; 500 that try each time would be 100 times that.
    expect(storeCalls()).toBeLessThan(500 * 30);
    expect(clock.sleeping).toBe(0);
  });

  it('worked by run, the same', async () => {
    const client = busyClient({ jobs: 2 }, { workMs: 2_500 });
    const { clock, provider, sluice, storeCalls } = client;
    await importAll(client, priorities);
    const begun = provider.order.slice();
    await clock.run(sluice.run({ untilIdle: true }));
    expect(provider.order).toHaveLength(500);
    expect(provider.mostAtOnce).toBe(2);
    expect(provider.order.slice(2)).toEqual(inOrder.filter((name) => !begun.includes(name)));
    const seen = new Set(provider.seenDoneAt);
    expect(provider.startedAt.slice(2).filter((at) => !seen.has(at))).toEqual([]);
    expect(storeCalls()).toBeLessThan(500 * 40);
  });
});

describe('a window', () => {
  it('of starts is a count and never a pace: used at once, and never exceeded in any stretch of time', async () => {
    const limit = { max: 20, windowMs: 60_000 };
    const client = busyClient({ starts: limit }, { workMs: 500, callMs: 40 });
    const jobs = await client.clock.run(
      importAll(
        client,
        Array.from({ length: 100 }, () => 0),
      ),
    );
    const began = client.provider.startedAt[0] ?? 0;
    await client.clock.run(Promise.all(jobs.map((job) => job.wait())));
    const { startedAt } = client.provider;
    expect(startedAt).toHaveLength(100);
    expect(startedAt.slice(0, 20).every((at) => at === began)).toBe(true);
    expect(BusyProvider.crowded(startedAt, limit)).toBe(0);
    // Each allowance is used as soon as it is there: five of them take four windows, and little more.
    expect((startedAt.at(-1) ?? 0) - began).toBeLessThan(4 * 60_000 + 2_000);
  });

  it('of looks holds for all jobs together, and the jobs end all the same', async () => {
    const limit = { max: 30, windowMs: 10_000 };
    const client = busyClient({ statuses: limit }, { workMs: 20_000 });
    const jobs = await importAll(
      client,
      Array.from({ length: 60 }, () => 0),
    );
    await client.clock.run(Promise.all(jobs.map((job) => job.wait())));
    expect(BusyProvider.crowded(client.provider.lookedAt, limit)).toBe(0);
    expect(client.provider.seenDoneAt).toHaveLength(60);
  });

  it('counts repeated attempts too, as the provider does', async () => {
    const limit = { max: 6, windowMs: 10_000 };
    const clock = new ManualClock();
    const seenAt: number[] = [];
    const script = scriptedHttp((_request, number) => {
      seenAt.push(clock.now());
      return number % 3 === 2 ? { json: { done: clock.now() - began > 60_000 } } : { status: 503, json: {} };
    });
    const began = clock.now();
    const { sluice } = makeClient(
      {
        capabilities: { limits: { statuses: limit } },
        members: {
          status: async (_ref, { http }) => {
            const answer = await http.call({ method: 'GET', path: '/status' });
            const { done } = answer.parse(doneSchema);
            return done ? { state: 'completed', rawState: 'done' } : running();
          },
        },
      },
      { clock, fetch: script.fetch },
    );
    const jobs = await Promise.all(Array.from({ length: 5 }, () => sluice.import({ source })));
    await clock.run(Promise.all(jobs.map((job) => job.wait())));
    expect(seenAt.length).toBeGreaterThan(30);
    expect(BusyProvider.crowded(seenAt, limit)).toBe(0);
  });

  it.each<[string, ScriptedAnswer, number]>([
    ['Retry-After of a refusal', { status: 429, headers: { 'retry-after': '30' }, json: {} }, 30_000],
    [
      'an allowance that is used up',
      { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '20' }, json: {} },
      20_000,
    ],
    ['not by Retry-After beside a success: that is about one job', { headers: { 'retry-after': '3600' }, json: {} }, 0],
  ])('is moved for everybody by %s', async (_what, first, expected) => {
    const clock = new ManualClock();
    const seenAt: number[] = [];
    const script = scriptedHttp((_request, number) => {
      seenAt.push(clock.now() - began);
      return number === 0 ? first : { json: {} };
    });
    const began = clock.now();
    const start: AdapterMembers['start'] = async (request, { http }) => {
      await http.call({ method: 'POST', path: '/import' });
      return { ref: request.id, snapshot: running() };
    };
    const limits = { starts: { max: 100, windowMs: 1_000 } };
    const { sluice } = makeClient({ capabilities: { limits }, members: { start } }, { clock, fetch: script.fetch });
    const jobs = [await clock.run(sluice.import({ source })), await clock.run(sluice.import({ source }))];
    await clock.run(Promise.all(jobs.map((job) => job.wait())));
    expect(seenAt[1]).toBe(expected);
  });
});

it('a store that cannot note what the provider said keeps the job for later, and ends nothing else', async () => {
  const memory = memoryStore();
  const hold = async () => Promise.reject(new SluiceError({ code: 'unavailable', message: 'the disk is full' }));
  const script = scriptedHttp(() => ({ status: 429, headers: { 'retry-after': '1' }, json: {} }));
  const start: AdapterMembers['start'] = async (request, { http }) => {
    await http.call({ method: 'POST', path: '/import' });
    return { ref: request.id, snapshot: running() };
  };
  const { sluice, clock } = makeClient(
    { capabilities: { limits: { starts: { max: 100, windowMs: 1_000 } } }, members: { start } },
    { store: { ...bound(memory), hold }, fetch: script.fetch },
  );
  const job = await clock.run(sluice.import({ source }));
  expect(job.snapshot.state).toBe('queued');
});

it('no more jobs move at once than the client’s concurrency, and all of them do', async () => {
  const clock = new ManualClock();
  let [calls, most] = [0, 0];
  const slow = async <T>(answer: T): Promise<T> => {
    calls += 1;
    most = Math.max(most, calls);
    await clock.sleep(700);
    calls -= 1;
    return answer;
  };
  const start: AdapterMembers['start'] = (request) => slow({ ref: request.id, snapshot: running() });
  const status = () => slow({ state: 'completed', rawState: 'done' } as const);
  const { sluice } = makeClient({ members: { start, status } }, { clock, concurrency: 3 });
  const jobs = await clock.run(Promise.all(Array.from({ length: 10 }, () => sluice.import({ source }))));
  await clock.run(Promise.all(jobs.map((job) => job.wait())));
  expect(most).toBe(3);
  await clock.run(Promise.all(Array.from({ length: 10 }, () => sluice.import({ source }))));
  await clock.run(sluice.run({ untilIdle: true }));
  expect(most).toBe(3);
});

describe('who waits for a slot', () => {
  it('and leaves makes room for the next one, at once', async () => {
    const client = busyClient({ jobs: 1 }, { workMs: 5_000 });
    const [first, second, third] = await importAll(client, [0, 0, 0]);
    const { clock, provider } = client;
    const stop = new AbortController();
    const left = second?.wait({ signal: stop.signal }).catch((error: unknown) => error);
    const others = Promise.all([first?.wait(), third?.wait()]);
    await clock.advance(2_000);
    stop.abort();
    await left;
    await clock.run(others);
    expect(provider.order).toEqual(['0-0', '0-2']);
    expect(provider.startedAt[1]).toBe(provider.seenDoneAt[0]);
    expect(clock.sleeping).toBe(0);
  });
});
