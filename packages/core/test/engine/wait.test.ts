import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/store/memory.js';
import { completed, looksInTurn, running, started } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';

describe('a wait', () => {
  it('that takes too long says so with the id, and the job is alive', async () => {
    const { sluice, clock } = makeClient({ members: { status: looksInTurn(running()) } });
    const job = await sluice.import({ source });
    const began = clock.now();
    await expect(clock.run(job.wait({ timeoutMs: 90_000 }))).rejects.toMatchObject({
      code: 'timeout',
      message: `job ${job.id} did not end within 90 s; it is alive: wait for it again under this id`,
    });
    expect(clock.now() - began).toBe(90_000);
    expect(clock.sleeping).toBe(0);
  });

  it('that is aborted ends at once, and leaves no timer', async () => {
    const { sluice, clock } = makeClient({ members: { status: looksInTurn(running()) } });
    const job = await sluice.import({ source });
    const stop = new AbortController();
    const waited = job.wait({ signal: stop.signal, timeoutMs: 90_000 });
    await clock.advance(10_000);
    stop.abort();
    await expect(waited).rejects.toMatchObject({ code: 'aborted' });
    expect(clock.sleeping).toBe(0);
    await expect(job.wait({ signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
  });

  it('is one of many: each ends for itself, and only the last one stops the job’s steps', async () => {
    let looks = 0;
    const { sluice, clock } = makeClient({
      members: {
        status: async () => {
          looks += 1;
          return looks < 40 ? running() : completed;
        },
      },
    });
    const job = await sluice.import({ source });
    const stop = new AbortController();
    const brief = job.wait({ timeoutMs: 5_000 }).catch((error: unknown) => error);
    const aborted = job.wait({ signal: stop.signal }).catch((error: unknown) => error);
    const other = (await sluice.job(job.id)).wait();
    await clock.advance(6_000);
    stop.abort();
    expect([await brief, await aborted]).toMatchObject([{ code: 'timeout' }, { code: 'aborted' }]);
    expect(await clock.run(other)).toMatchObject({ state: 'completed' });
  });

  it('may come again after it ended, and after the job did', async () => {
    const { sluice, clock } = makeClient();
    const job = await sluice.import({ source });
    await expect(clock.run(job.wait({ timeoutMs: 10 }))).rejects.toMatchObject({ code: 'timeout' });
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(await job.wait()).toMatchObject({ state: 'completed' });
    expect(await (await sluice.job(job.id)).wait()).toMatchObject({ state: 'completed' });
  });

  it('ends for what ended while nobody listened here, however late the next look would be', async () => {
    const [store, clock] = [memoryStore(), new ManualClock()];
    const script = { members: { start: async () => started('r1', running('working', { nextLookMs: 3_600_000 })) } };
    const [here, there] = [makeClient(script, { store, clock }), makeClient(script, { store, clock })];
    const [waited, followed] = [await here.sluice.import({ source }), await here.sluice.import({ source })];
    for (const { id } of [waited, followed]) await (await there.sluice.job(id)).refresh();
    expect(await clock.run(waited.wait({ timeoutMs: 1_000 }))).toMatchObject({ state: 'completed' });
    const told: string[] = [];
    for await (const { type } of followed.events()) told.push(type);
    expect(told.at(-1)).toBe('job');
    expect(clock.sleeping).toBe(0);
  });

  it('for a job that is not there is refused', async () => {
    const { sluice } = makeClient();
    await expect(sluice.job('job_nope')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('refresh', () => {
  it('looks now, and nobody has to wait', async () => {
    const { sluice, clock } = makeClient({ members: { status: looksInTurn(running('encoding'), completed) } });
    const job = await sluice.import({ source });
    expect(await job.refresh()).toMatchObject({ rawState: 'encoding' });
    expect(await job.refresh()).toMatchObject({ state: 'completed' });
    expect(await job.refresh()).toMatchObject({ state: 'completed' });
    expect(clock.sleeping).toBe(0);
  });

  it('tells those who wait elsewhere too', async () => {
    const { sluice, clock } = makeClient({ pollIntervalMs: 3_600_000 });
    const job = await sluice.import({ source });
    const waited = job.wait();
    await clock.advance(5);
    await job.refresh();
    expect(await waited).toMatchObject({ state: 'completed' });
  });
});
