import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/store/memory.js';
import { scriptedHttp } from '../../src/testing/scripted-http.js';
import { looksInTurn, running, started, startsInTurn, unavailable } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';
import { ManualClock, quiet } from '../support/manual-clock.js';
import { counted } from '../support/stores.js';

const closed = { code: 'aborted', message: 'the client was closed; its jobs are as they were' };

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('closing a client', () => {
  it('ends every wait, whatever its job was waiting for, and leaves no timer', async () => {
    const { sluice, clock, record } = makeClient({
      members: {
        start: startsInTurn(started('r1'), unavailable({ retryAfterMs: 60_000 })),
        status: looksInTurn(running()),
      },
      capabilities: { limits: { jobs: 2 } },
    });
    const jobs = await clock.run(Promise.all([1, 2, 3].map(() => sluice.import({ source }))));
    const waits = jobs.map((job) => failure(job.wait()));
    const follow = async () => {
      for await (const _event of jobs[0]?.events() ?? []);
    };
    waits.push(failure(follow()));
    await clock.advance(5_000);
    const before = await Promise.all(jobs.map(({ id }) => record(id)));
    await sluice.close();
    expect(await Promise.all(waits)).toMatchObject(waits.map(() => closed));
    expect(clock.sleeping).toBe(0);
    expect(await Promise.all(jobs.map(({ id }) => record(id)))).toEqual(before);
  });

  it('gives a start on its way two seconds for its answer, which is saved', async () => {
    const clock = new ManualClock();
    const { fetch } = scriptedHttp(() => ({ json: {} }));
    const { sluice, store } = makeClient(
      {
        members: {
          start: async (_request, { http }) => {
            await http.call({ method: 'POST', path: '/import' });
            return started('r1');
          },
        },
      },
      {
        clock,
        fetch: async (...call) => {
          await clock.sleep(1_500);
          return fetch(...call);
        },
      },
    );
    const imported = sluice.import({ source });
    await clock.advance(100);
    await clock.run(sluice.close());
    await clock.run(imported);
    for await (const record of store.list()) expect(record).toMatchObject({ state: 'running', ref: 'r1' });
  });

  it('cuts a start that takes longer: in doubt, for whoever comes next', async () => {
    const clock = new ManualClock();
    const { sluice, store } = makeClient(
      {
        members: {
          start: async (_request, { http }) => {
            await http.call({ method: 'POST', path: '/import' });
            return started('r1');
          },
        },
      },
      { clock, fetch: () => new Promise(() => undefined) },
    );
    const imported = sluice.import({ source });
    await clock.advance(100);
    const began = clock.now();
    await clock.run(sluice.close());
    expect(clock.now() - began).toBe(2_000);
    await clock.run(imported);
    for await (const record of store.list())
      expect(record).toMatchObject({ state: 'queued', intent: { effect: 'start' } });
  });

  it('ends run, and nothing touches the store any more', async () => {
    const { store, total } = counted(memoryStore());
    const { sluice, clock } = makeClient({ members: { status: looksInTurn(running()) } }, { store });
    await sluice.import({ source });
    const work = sluice.run();
    await clock.advance(10_000);
    await clock.run(sluice.close());
    await work;
    const calls = total();
    await clock.advance(3_600_000);
    expect(total()).toBe(calls);
  });

  it('refuses whatever comes after it, without a call to the store or the provider', async () => {
    const { store, total } = counted(memoryStore());
    const { sluice } = makeClient({ members: { status: looksInTurn(running()) } }, { store });
    const job = await sluice.import({ source });
    await sluice.close();
    const calls = total();
    await expect(sluice.import({ source })).rejects.toMatchObject(closed);
    await expect(sluice.run()).rejects.toMatchObject(closed);
    await expect(job.wait()).rejects.toMatchObject(closed);
    await expect(job.refresh()).rejects.toMatchObject(closed);
    await expect(sluice.webhook('acme', new Request('https://me.example', { method: 'POST' }))).rejects.toMatchObject(
      closed,
    );
    expect(total()).toBe(calls);
    await sluice.close();
  });
});

describe('many waits on one signal', () => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.message);
  beforeEach(() => void process.on('warning', note));
  afterEach(() => void process.off('warning', note));

  it('are no leak to the platform: it has nothing to warn of', async () => {
    const { sluice, clock } = makeClient({ members: { status: looksInTurn(running()) } });
    const jobs = await Promise.all(Array.from({ length: 40 }, () => sluice.import({ source })));
    const stop = new AbortController();
    const waits = jobs.map((job) => failure(job.wait({ signal: stop.signal })));
    const work = sluice.run({ signal: stop.signal });
    await clock.advance(5_000);
    await quiet();
    expect(warnings).toEqual([]);
    stop.abort();
    await clock.run(Promise.all([...waits, work]));
    expect(clock.sleeping).toBe(0);
  });
});
