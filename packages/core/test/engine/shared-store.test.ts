import { describe, expect, it } from 'vitest';
import { LeaseKeeper } from '../../src/engine/lease-keeper.js';
import type { Store } from '../../src/store/contract.js';
import { memoryStore } from '../../src/store/memory.js';
import { scriptedHttp } from '../../src/testing/scripted-http.js';
import { abortError } from '../../src/wire/clock.js';
import { onAbort } from '../../src/wire/on-abort.js';
import { type AcmeScript, completed, looksInTurn, running, started } from '../support/acme.js';
import { BusyProvider } from '../support/busy-provider.js';
import { makeClient, source } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';
import { bound } from '../support/stores.js';

/** Two clients, as in two processes, of one provider over one store. */
function pair(first: AcmeScript, second: AcmeScript = first) {
  const [store, clock] = [memoryStore(), new ManualClock()];
  return {
    store,
    clock,
    here: makeClient(first, { store, clock }),
    there: makeClient(second, { store, clock }),
  };
}

describe('two clients on one store', () => {
  it.each([
    ['each waiting for its own', false],
    ['both working the store', true],
  ])('share its limits and never move a job at once, %s', async (_how, byRun) => {
    const clock = new ManualClock();
    const provider = new BusyProvider(clock, { workMs: 3_000, callMs: 30 });
    const starts = { max: 10, windowMs: 20_000 };
    const store = memoryStore();
    const script = { members: provider.members, capabilities: { limits: { jobs: 3, starts } } };
    const clients = [makeClient(script, { store, clock }), makeClient(script, { store, clock })];
    const imports = Array.from({ length: 60 }, async (_, index) => clients[index % 2]?.sluice.import({ source }));
    const jobs = (await clock.run(Promise.all(imports))).flatMap((job) => job ?? []);
    const work = byRun
      ? clients.map(({ sluice }) => sluice.run({ untilIdle: true }))
      : jobs.map((job) => job.wait().then(() => undefined));
    await clock.run(Promise.all(work));
    expect(provider.order).toHaveLength(60);
    expect(provider.mostAtOnce).toBe(3);
    expect(provider.overlaps).toBe(0);
    expect(BusyProvider.crowded(provider.startedAt, starts)).toBe(0);
    for await (const { state } of store.list()) expect(state).toBe('completed');
    expect(clock.sleeping).toBe(0);
  });

  it('whoever waits for a slot looks at the jobs that hold it, though nobody waits for those any more', async () => {
    const [store, clock] = [memoryStore(), new ManualClock()];
    const provider = new BusyProvider(clock, { workMs: 3_000 });
    const script = { members: provider.members, capabilities: { limits: { jobs: 2 } } };
    const [gone, here] = [makeClient(script, { store, clock }), makeClient(script, { store, clock })];
    const left = await Promise.all([gone.sluice.import({ source }), gone.sluice.import({ source })]);
    const queued = await gone.sluice.import({ source });
    await clock.run(gone.sluice.close());
    const job = await here.sluice.import({ source });
    expect(job.snapshot.waitingFor).toMatchObject({ what: 'slot' });
    expect(await clock.run(job.wait({ timeoutMs: 60_000 }))).toMatchObject({ state: 'completed' });
    const states = await Promise.all(left.map(async ({ id }) => (await here.sluice.job(id)).snapshot.state));
    expect(states).toContain('completed');
    // What has not begun is nobody's but its owner's.
    expect((await here.sluice.job(queued.id)).snapshot.state).toBe('queued');
    await clock.run(here.sluice.close());
    expect(clock.sleeping).toBe(0);
  });

  it('goes through a store of very many jobs for them no more than a twentieth of the time', async () => {
    const clock = new ManualClock();
    const provider = new BusyProvider(clock, { workMs: 300_000 });
    const plain = bound(memoryStore());
    const begunAt: number[] = [];
    const store: Store = {
      ...plain,
      list: async function* (filter) {
        begunAt.push(clock.now());
        await clock.sleep(2_000);
        yield* plain.list(filter);
      },
    };
    const script = { members: provider.members, capabilities: { limits: { jobs: 1 } } };
    const { sluice } = makeClient(script, { store, clock });
    const jobs = await Promise.all([sluice.import({ source }), sluice.import({ source })]);
    await clock.run(Promise.all(jobs.map((job) => job.wait())));
    const pauses = begunAt.slice(1).map((at, index) => at - (begunAt[index] ?? 0));
    expect(pauses.length).toBeGreaterThan(2);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(42_000);
    await clock.run(sluice.close());
  });

  it('both may wait for the same job: one moves it, both are told', async () => {
    const status = looksInTurn(running(), running(), completed);
    const { clock, here, there } = pair({ members: { status } });
    const job = await here.sluice.import({ source });
    const waits = [job.wait(), (await there.sluice.job(job.id)).wait()];
    expect(await clock.run(Promise.all(waits))).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
    expect(status.calls).toHaveLength(3);
  });

  it.each([
    ['that obeys its signal', true, 100],
    ['that does not', false, 6_000],
  ])('an end in order in the middle of a look %s passes the job on at once', async (_what, obeys, withinMs) => {
    let looking = false;
    const { clock, here, there } = pair(
      {
        members: {
          status: (_ref, { signal }) =>
            new Promise((_resolve, reject) => {
              looking = true;
              if (obeys) onAbort(signal, () => reject(abortError(signal)));
            }),
        },
      },
      { members: { status: looksInTurn(completed) } },
    );
    const job = await here.sluice.import({ source });
    const waited = job.wait().catch((error: unknown) => error);
    await clock.advance(1_500);
    expect(looking).toBe(true);
    const began = clock.now();
    await clock.run(here.sluice.close());
    expect(await waited).toMatchObject({
      code: 'aborted',
      message: 'the client was closed; its jobs are as they were',
    });
    expect(await clock.run((await there.sluice.job(job.id)).wait())).toMatchObject({ state: 'completed' });
    expect(clock.now() - began).toBeLessThanOrEqual(withinMs);
  });
});

describe('a lease that is lost in the middle of a step', () => {
  /** A process that is suspended during a call, long enough for another one to take over. */
  async function suspended(call: 'start' | 'status') {
    const aborted: string[] = [];
    let answer = () => {};
    const slow = (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        answer = resolve;
        onAbort(signal, () => aborted.push(call));
      });
    const first: AcmeScript = {
      members: {
        start: async (_request, { signal }) => {
          if (call === 'start') await slow(signal);
          return started('from-the-first');
        },
        status: async (_ref, { signal }) => {
          await slow(signal);
          return { state: 'failed', rawState: 'from the first' };
        },
      },
    };
    const both = pair(first, { members: { start: () => expect.fail('sent twice'), status: looksInTurn(running()) } });
    const { clock, here, there, store } = both;
    const imported = here.sluice.import({ source });
    await clock.advance(1);
    const [{ id } = { id: '' }] = await list(store.list());
    const waited = call === 'status' ? here.sluice.job(id).then((job) => job.wait()) : imported;
    waited.catch(() => undefined);
    await clock.advance(call === 'status' ? 1_001 : 1);
    clock.jump(20_000);
    return {
      ...both,
      id,
      aborted,
      answer: () => answer(),
      taken: () => there.sluice.job(id).then((job) => job.refresh()),
    };
  }

  it('aborts its call, and its answer is not saved', async () => {
    const { clock, store, id, aborted, answer, taken } = await suspended('status');
    expect(await taken()).toMatchObject({ state: 'running', rawState: 'working' });
    const before = await store.read(id);
    await clock.advance(6_000);
    expect(aborted).toEqual(['status']);
    answer();
    await clock.advance(1);
    expect((await store.read(id))?.rawState).toBe(before?.rawState);
    expect((await store.read(id))?.state).toBe('running');
  });

  it('leaves a start in doubt to the one who took over: it is not sent again', async () => {
    const { clock, store, id, aborted, answer, taken } = await suspended('start');
    expect(await taken()).toMatchObject({ state: 'failed', error: { code: 'unknown' } });
    await clock.advance(6_000);
    expect(aborted).toEqual(['start']);
    answer();
    await clock.advance(1);
    expect(await store.read(id)).toMatchObject({ state: 'failed', error: { code: 'unknown' } });
  });

  it('is noticed before a call that counts, also by a process that nobody could tell', async () => {
    let sent = 0;
    const script = scriptedHttp(() => {
      sent += 1;
      return { json: {} };
    });
    const [store, clock] = [memoryStore(), new ManualClock()];
    const { sluice } = makeClient(
      {
        members: {
          start: async (_request, { http }) => {
            // Suspended between the intent and the call.
            clock.jump(20_000);
            await http.call({ method: 'POST', path: '/import' });
            return started('r1');
          },
        },
      },
      { store, clock, fetch: script.fetch },
    );
    const job = await sluice.import({ source });
    expect(sent).toBe(0);
    expect(job.snapshot.state).toBe('queued');
  });
});

describe('a lease', () => {
  it('is kept alive for as long as its step takes', async () => {
    let answer = () => {};
    const { clock, here, there } = pair({
      members: { start: () => new Promise((resolve) => (answer = () => resolve(started('r1')))) },
    });
    const imported = here.sluice.import({ source });
    await clock.advance(120_000);
    const [{ id } = { id: '' }] = await list(there.store.list());
    expect(await (await there.sluice.job(id)).refresh()).toMatchObject({ state: 'queued' });
    answer();
    expect((await clock.run(imported)).snapshot).toMatchObject({ state: 'running' });
  });

  it('of the next step is not let go by the one before it', async () => {
    const [store, clock] = [memoryStore(), new ManualClock()];
    const keeper = new LeaseKeeper(store, clock);
    const lost: number[] = [];
    const hold = (fence: number) =>
      keeper.hold({ id: 'job', fence }, { until: clock.now() + 15_000, onLost: () => lost.push(fence) });
    hold(1);
    const second = hold(2);
    keeper.drop({ id: 'job', fence: 1 });
    await clock.advance(5_000);
    // The store knows no such job: whoever is still held is told so.
    expect(lost).toEqual([2]);
    expect(() => second.assertHeld()).toThrow('another process has taken it over');
  });
});

async function list<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
