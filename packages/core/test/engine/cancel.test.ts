import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/model/error.js';
import { memoryStore } from '../../src/store/memory.js';
import {
  type AcmeScript,
  ambiguous,
  completed,
  findsInTurn,
  looksInTurn,
  running,
  started,
  startsInTurn,
  unavailable,
} from '../support/acme.js';
import { type ClientOptions, makeClient, source } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';

const canceled = { state: 'canceled', rawState: 'canceled' } as const;

async function jobOf(script: AcmeScript, options: ClientOptions = {}) {
  const client = makeClient(script, options);
  return { ...client, job: await client.clock.run(client.sluice.import({ source })) };
}

/** A provider that can cancel. */
function able(cancel: ReturnType<typeof looksInTurn>, members: AcmeScript['members'] = {}): AcmeScript {
  return { capabilities: { cancel: true }, members: { cancel, ...members, status: async () => running() } };
}

describe('a job that waits for its start', () => {
  it('is canceled at once, without a call, and its request erased', async () => {
    const { clock, sluice, record } = makeClient({
      members: { status: looksInTurn(running()) },
      capabilities: { limits: { jobs: 1 } },
    });
    await sluice.import({ source });
    const waiting = await sluice.import({ source });
    expect(waiting.snapshot).toMatchObject({ state: 'queued', waitingFor: { what: 'slot' } });
    expect(await clock.run(waiting.cancel())).toMatchObject({ state: 'canceled' });
    expect((await record(waiting.id)).request).toBeUndefined();
    await expect(waiting.wait()).rejects.toMatchObject({ code: 'aborted', message: `job ${waiting.id} was canceled` });
  });

  it('ends whoever waits for it', async () => {
    const { clock, job } = await jobOf({ members: { start: startsInTurn(unavailable({ retryAfterMs: 60_000 })) } });
    const waited = job.wait().catch((error: unknown) => error);
    await clock.advance(10);
    await clock.run(job.cancel());
    expect(await waited).toMatchObject({ code: 'aborted' });
  });

  it('whose start is in doubt is looked after first', async () => {
    const { clock, job } = await jobOf({
      capabilities: { cancel: true },
      members: {
        start: startsInTurn(ambiguous()),
        recover: findsInTurn({ found: 'started', ...started('r1') }),
        cancel: looksInTurn(canceled),
      },
    });
    expect(await clock.run(job.cancel())).toMatchObject({ state: 'canceled', rawState: 'canceled' });
  });
});

describe('a job that the provider has', () => {
  it('is canceled by asking it', async () => {
    const cancel = looksInTurn(canceled);
    const { clock, job, record } = await jobOf(able(cancel));
    expect(await clock.run(job.cancel())).toMatchObject({ state: 'canceled', rawState: 'canceled' });
    expect(cancel.calls).toHaveLength(1);
    expect(await record(job.id)).toMatchObject({ state: 'canceled', items: [] });
  });

  it('may end all the same, in its own way', async () => {
    const { clock, job } = await jobOf(able(looksInTurn(completed)));
    expect(await clock.run(job.cancel())).toMatchObject({ state: 'completed' });
  });

  it('is asked for again when the provider is not there, and then canceled', async () => {
    const cancel = looksInTurn(unavailable(), unavailable(), canceled);
    const { clock, job } = await jobOf(able(cancel));
    expect(await clock.run(job.cancel())).toMatchObject({ state: 'canceled' });
    expect(cancel.calls).toHaveLength(3);
  });

  it('whose provider takes its time is not hammered with looks meanwhile', async () => {
    let looks = 0;
    const { clock, job } = await jobOf({
      capabilities: { cancel: true },
      members: {
        cancel: looksInTurn(running('canceling')),
        status: async () => {
          looks += 1;
          return clock.now() - began > 15_000 ? canceled : running('canceling');
        },
      },
    });
    const began = clock.now();
    expect(await clock.run(job.cancel())).toMatchObject({ state: 'canceled' });
    expect(looks).toBeLessThan(10);
  });

  it('is not canceled yet after half a minute: that is said, and the job goes on', async () => {
    const { clock, job } = await jobOf(able(looksInTurn(running('canceling'))));
    await expect(clock.run(job.cancel())).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('not canceled yet'),
    });
    expect((await job.refresh()).state).toBe('running');
  });

  it('that the provider will not cancel tells its wisher, leaves a warning, and disturbs nobody else', async () => {
    const refused = new SluiceError({ code: 'conflict', message: 'acme: too late (HTTP 409)', status: 409 });
    let looks = 0;
    const { clock, job } = await jobOf({
      capabilities: { cancel: true },
      members: {
        cancel: looksInTurn(refused),
        status: async () => {
          looks += 1;
          return looks < 3 ? running() : completed;
        },
      },
    });
    const waited = job.wait();
    await clock.advance(10);
    await expect(clock.run(job.cancel())).rejects.toMatchObject({ code: 'conflict', status: 409 });
    const done = await clock.run(waited);
    expect(done).toMatchObject({ state: 'completed', warnings: [{ code: 'not-canceled' }] });
  });
});

describe('a provider that cannot cancel', () => {
  it('is unsupported, with the way out in words, and nothing happens', async () => {
    const { clock, job } = await jobOf({ members: { status: looksInTurn(running()) } });
    const expected = { code: 'unsupported', message: expect.stringContaining('cancel') };
    await expect(clock.run(job.cancel())).rejects.toMatchObject(expected);
    expect(job.snapshot.warnings).toEqual([]);
  });

  it('abandons the job where that is wished, with a warning, and its slot taken until the deadline', async () => {
    const { clock, sluice, job } = await jobOf(
      { members: { status: looksInTurn(running()) }, capabilities: { limits: { jobs: 1 } } },
      { settings: { deadlineMs: 600_000 } },
    );
    const began = clock.now();
    expect(await clock.run(job.cancel({ abandon: true }))).toMatchObject({
      state: 'canceled',
      warnings: [{ code: 'abandoned', message: expect.stringContaining('may still run and bill') }],
    });
    const next = await sluice.import({ source });
    expect(next.snapshot.waitingFor).toMatchObject({ what: 'slot' });
    await clock.run(sluice.import({ source }).then((last) => last.cancel()));
    const followed = next.wait({ timeoutMs: 3_600_000 }).catch(() => undefined);
    while (next.snapshot.startedAt === undefined) await clock.advance(1_000);
    expect(Date.parse(next.snapshot.startedAt) - began).toBeGreaterThanOrEqual(600_000);
    await clock.run(followed);
  });

  it('cannot be asked while the start is on its way: the wisher is told as soon as it is there', async () => {
    let answer = () => {};
    const { clock, sluice } = makeClient({
      members: {
        start: () => new Promise((resolve) => (answer = () => resolve(started('r1')))),
        status: looksInTurn(running(), running(), completed),
      },
    });
    const imported = sluice.import({ source });
    await clock.advance(1);
    const [{ id } = { id: '' }] = await list(sluice.jobs());
    const wish = (await sluice.job(id)).cancel().catch((error: unknown) => error);
    await clock.advance(1);
    answer();
    const began = clock.now();
    expect(await clock.run(wish)).toMatchObject({ code: 'unsupported' });
    expect(clock.now() - began).toBeLessThan(1_000);
    const job = await clock.run(imported);
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
  });

  it('abandons also what a provider that can cancel refuses to', async () => {
    const refused = new SluiceError({ code: 'conflict', message: 'acme: too late (HTTP 409)' });
    const { clock, job } = await jobOf(able(looksInTurn(refused)));
    expect(await clock.run(job.cancel({ abandon: true }))).toMatchObject({
      state: 'canceled',
      warnings: [{ code: 'abandoned' }],
    });
  });
});

it('a job that has ended stays as it ended', async () => {
  const { clock, job } = await jobOf({ capabilities: { cancel: true }, members: { cancel: looksInTurn(canceled) } });
  await clock.run(job.wait());
  expect(await job.cancel()).toMatchObject({ state: 'completed' });
});

it('a wish is kept while another process holds the job, and read with its next step', async () => {
  const [store, clock] = [memoryStore(), new ManualClock()];
  let answer = () => {};
  const script: AcmeScript = {
    capabilities: { cancel: true },
    members: {
      start: () => new Promise((resolve) => (answer = () => resolve(started('r1')))),
      cancel: looksInTurn(canceled),
    },
  };
  const [holder, other] = [makeClient(script, { store, clock }), makeClient(script, { store, clock })];
  const imported = holder.sluice.import({ source });
  await clock.advance(1);
  const [{ id } = { id: '' }] = await list(other.sluice.jobs());
  const wish = (await other.sluice.job(id)).cancel();
  await clock.advance(5_000);
  expect(await store.read(id)).toMatchObject({ state: 'queued' });
  answer();
  expect(await clock.run(wish)).toMatchObject({ state: 'canceled' });
  await clock.run(imported);
});

async function list<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
