import { describe, expect, it } from 'vitest';
import type { AdapterMembers } from '../../src/model/adapter.js';
import type { Limits } from '../../src/model/capabilities.js';
import { SluiceError } from '../../src/model/error.js';
import { memoryStore } from '../../src/store/memory.js';
import { ambiguous, findsInTurn, started, startsInTurn, unavailable } from '../support/acme.js';
import { type ClientOptions, makeClient, source } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';
import { bound } from '../support/stores.js';

/** A job whose start is in doubt, at a provider that can be asked what became of it. */
async function inDoubt(members: Partial<AdapterMembers>, options: ClientOptions & { limits?: Limits } = {}) {
  const { limits = { jobs: 1 }, ...rest } = options;
  const client = makeClient(
    { members: { start: startsInTurn(ambiguous()), ...members }, capabilities: { limits } },
    rest,
  );
  const job = await client.clock.run(client.sluice.import({ source }));
  expect(await client.record(job.id)).toMatchObject({ state: 'queued', intent: { effect: 'start' } });
  return { ...client, job };
}

describe('after a start that was never answered, the provider is asked', () => {
  it('with the request and the intent that was saved', async () => {
    const asked: unknown[] = [];
    const { clock, job } = await inDoubt({
      recover: async (request, intent, { key }) => {
        asked.push([request.source, intent, key]);
        return { found: 'started', ...started('r1') };
      },
    });
    await clock.run(job.wait());
    const saved = { effect: 'start', key: `${job.id}-start`, savedAt: Date.UTC(2026, 0, 1) };
    expect(asked).toEqual([[{ kind: 'url', url: source }, saved, saved.key]]);
  });

  it('what it started is carried on, and not started again', async () => {
    const start = startsInTurn(ambiguous());
    const { clock, job } = await inDoubt({
      start,
      recover: findsInTurn({ found: 'started', ...started('found-1') }),
      status: async (ref) => ({ state: 'completed', rawState: String(ref) }),
    });
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed', rawState: 'found-1' });
    expect(start.calls).toHaveLength(1);
  });

  it('what it surely does not have is started again', async () => {
    const start = startsInTurn(ambiguous(), started('r2'));
    const { clock, job } = await inDoubt({ start, recover: findsInTurn({ found: 'nothing' }) });
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(start.calls).toHaveLength(2);
  });

  it('again and again while it cannot tell, until the deadline; then it is unknown', async () => {
    const start = startsInTurn(ambiguous());
    const recover = findsInTurn({ found: 'unknown' });
    const { clock, job } = await inDoubt({ start, recover }, { settings: { deadlineMs: 600_000 } });
    const began = clock.now();
    await expect(clock.run(job.wait())).rejects.toMatchObject({
      code: 'unknown',
      retry: 'never',
      // What cut it, and not that nobody could tell, over and over.
      message: expect.stringMatching(
        /^acme: the start was sent at \S+ and never answered \(acme: the connection broke\)\. It/,
      ),
    });
    expect(clock.now() - began).toBe(600_000);
    expect(start.calls).toHaveLength(1);
    // Doubling to 30 s with full jitter: dozens of questions in ten minutes, not thousands.
    expect(recover.calls.length).toBeGreaterThan(15);
    expect(recover.calls.length).toBeLessThan(150);
  });

  it('again while it is not there to be asked', async () => {
    const recover = findsInTurn(unavailable(), unavailable(), { found: 'started', ...started('r1') });
    const { clock, job } = await inDoubt({ recover });
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
  });

  it('and those who wait are told when asking will not help, the job being alive', async () => {
    const refused = new SluiceError({ code: 'auth', message: 'acme: wrong key (HTTP 401)', status: 401 });
    const { clock, job, record } = await inDoubt({ recover: findsInTurn(refused) });
    await expect(clock.run(job.wait())).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('alive'),
    });
    expect(await record(job.id)).toMatchObject({ state: 'queued', intent: { effect: 'start' } });
  });

  it('and an adapter that breaks on it does not break the loop that works the store', async () => {
    const recover = findsInTurn(new TypeError('oops'));
    const { clock, job, sluice } = await inDoubt({ recover }, { settings: { deadlineMs: 600_000 } });
    await clock.run(sluice.run({ untilIdle: true }));
    expect((await sluice.job(job.id)).snapshot.error).toMatchObject({ code: 'unknown' });
    expect(recover.calls.length).toBeLessThan(150);
  });

  it('within its window for such questions', async () => {
    const windowMs = 60_000;
    const limits = { statuses: { max: 2, windowMs } };
    const recover = findsInTurn({ found: 'unknown' });
    const { clock, job } = await inDoubt({ recover }, { limits, settings: { deadlineMs: 10 * windowMs } });
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'unknown' });
    expect(recover.calls.length).toBeLessThanOrEqual(20);
    expect(recover.calls.length).toBeGreaterThan(10);
  });
});

describe('a start that makes no second job', () => {
  it('is repeated within the window of starts', async () => {
    const windowMs = 60_000;
    const sentAt: number[] = [];
    const clock = new ManualClock();
    const { sluice } = makeClient(
      {
        capabilities: { idempotentStart: true, limits: { starts: { max: 2, windowMs } } },
        members: {
          start: async () => {
            sentAt.push(clock.now());
            throw ambiguous();
          },
        },
      },
      { clock, settings: { deadlineMs: 10 * windowMs } },
    );
    const job = await clock.run(sluice.import({ source }));
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'unknown' });
    const crowded = sentAt.filter((at, index) => at - (sentAt[index - 2] ?? Number.NEGATIVE_INFINITY) < windowMs);
    expect(crowded).toEqual([]);
    expect(sentAt.length).toBeGreaterThan(10);
  });

  it('is given up at its deadline, as unknown', async () => {
    const { sluice, clock } = makeClient(
      { capabilities: { idempotentStart: true }, members: { start: startsInTurn(ambiguous()) } },
      { settings: { deadlineMs: 60_000 } },
    );
    const job = await clock.run(sluice.import({ source }));
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'unknown' });
  });
});

describe('an intent that a dead process left', () => {
  it.each([
    ['before the answer came', true],
    ['after it came and before it was saved', false],
  ])('(%s) is unknown where the provider cannot be asked, and nothing is sent', async (_when, throws) => {
    const store = memoryStore();
    const clock = new ManualClock();
    // A process that dies can save nothing any more; its lease runs out.
    const dying = { ...bound(store), commit: store.commit.bind(store) };
    const start = async () => {
      dying.commit = () => Promise.reject(new Error('dead'));
      if (throws) throw new Error('dead');
      return started('r1');
    };
    const first = makeClient({ members: { start } }, { store: dying, clock });
    const { id } = await first.sluice.import({ source });
    expect((await store.read(id))?.intent).toMatchObject({ effect: 'start' });
    const second = makeClient({ members: { start: () => expect.fail('sent twice') } }, { store, clock });
    await clock.run(second.sluice.run({ untilIdle: true }));
    const { error } = await second.record(id);
    expect(error).toMatchObject({ code: 'unknown', retry: 'never' });
    expect(error?.message).toContain('the process ended before an answer came');
  });
});
