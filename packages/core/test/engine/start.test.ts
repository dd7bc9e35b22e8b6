import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AdapterMembers } from '../../src/model/adapter.js';
import { SluiceError } from '../../src/model/error.js';
import type { JobRecord } from '../../src/model/record.js';
import { scriptedHttp } from '../../src/testing/scripted-http.js';
import { ambiguous, running, started, startsInTurn, unavailable } from '../support/acme.js';
import { type ClientOptions, makeClient, source } from '../support/client.js';

/** Imports with a start as scripted, as far as that goes without waiting. */
async function startWith(members: Partial<AdapterMembers>, options: ClientOptions = {}) {
  const client = makeClient({ members, capabilities: { limits: { jobs: 1 } } }, options);
  const job = await client.clock.run(client.sluice.import({ source }));
  return { ...client, job, record: await client.record(job.id) };
}

/** Whether the lane’s only slot is taken. */
async function slotTaken({ store, clock }: Pick<ReturnType<typeof makeClient>, 'store' | 'clock'>): Promise<boolean> {
  const now = clock.now();
  const slot = { slots: 'acme/all', holder: 'somebody else', max: 1, until: now + 1 };
  const { admitted } = await store.admit({ slot }, now);
  await store.free('acme/all', 'somebody else');
  return !admitted;
}

describe('before the start is sent', () => {
  it('the intent is saved, with the key that the adapter gets, the slot taken and the deadline set', async () => {
    const seen: { record: JobRecord | undefined; key: string; taken: boolean }[] = [];
    const client = makeClient({
      capabilities: { limits: { jobs: 1 } },
      members: {
        start: async (request, context) => {
          const taken = await slotTaken(client);
          seen.push({ record: await client.store.read(request.id), key: context.key, taken });
          return started('r1');
        },
      },
    });
    const job = await client.sluice.import({ source });
    const now = client.clock.now();
    expect(seen).toEqual([
      {
        key: `${job.id}-start`,
        taken: true,
        record: expect.objectContaining({
          state: 'queued',
          phase: 'provider',
          intent: { effect: 'start', key: `${job.id}-start`, savedAt: now },
          startedAt: now,
          deadlineAt: now + 24 * 3_600_000,
        }),
      },
    ]);
    const record = await client.record(job.id);
    expect(record).toMatchObject({ state: 'running', ref: 'r1', rawState: 'working' });
    expect(record.intent).toBeUndefined();
  });

  it.each([
    [1, 'completed'],
    [3, 'completed'],
    [4, 'failed'],
  ])('%i pages of a proxy in place of an answer to what is asked first end in: %s', async (pages, state) => {
    const { fetch, sent } = scriptedHttp((_request, number) =>
      number < pages ? { text: '<html>wait</html>' } : { json: { ready: true } },
    );
    const client = makeClient(
      {
        members: {
          ready: async (_request, { http }) => {
            const answer = await http.call({ method: 'GET', path: '/ready' });
            answer.parse(z.object({ ready: z.literal(true) }));
            return { go: true };
          },
        },
      },
      { fetch },
    );
    const job = await client.sluice.import({ source });
    await client.clock.run(client.sluice.run({ untilIdle: true }));
    expect((await client.record(job.id)).state).toBe(state);
    expect(sent).toHaveLength(Math.min(pages + 1, 4));
  });

  it('a store that cannot save the intent means that nothing is sent', async () => {
    const client = makeClient({ members: { start: () => expect.fail('sent') } });
    const commit = client.store.commit.bind(client.store);
    client.store.commit = async (change) => {
      if (change.record.intent !== undefined) throw new Error('disk full');
      return commit(change);
    };
    const job = await client.sluice.import({ source });
    expect((await client.record(job.id)).intent).toBeUndefined();
  });
});

describe('a start that ends without a usable answer', () => {
  it('is unknown where the provider cannot be asked: never sent again, in words on what to look at', async () => {
    const start = startsInTurn(ambiguous());
    const { job, record, clock, ...client } = await startWith({ start });
    expect(record).toMatchObject({ state: 'failed', error: { code: 'unknown', retry: 'never' } });
    expect(record.error?.message).toBe(
      'acme: the start was sent at 2026-01-01T00:00:00.000Z and never answered (acme: the connection broke). ' +
        'It may have been accepted and billed, so it is not sent again. ' +
        `Look at the provider for an import of ${source} from that time; if there is none, import it again`,
    );
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'unknown' });
    expect(start.calls).toHaveLength(1);
    expect(await slotTaken({ ...client, clock })).toBe(false);
  });

  it('is sent again under the same key where that makes no second job', async () => {
    const keys: string[] = [];
    const client = makeClient({
      capabilities: { idempotentStart: true },
      members: {
        start: async (_request, { key }) => {
          keys.push(key);
          if (keys.length < 3) throw ambiguous();
          return started('r1');
        },
      },
    });
    const job = await client.clock.run(client.sluice.import({ source }));
    expect(await client.record(job.id)).toMatchObject({ state: 'queued', intent: { key: keys[0] }, failures: 1 });
    expect(await client.clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(3);
  });

  it('is unknown too when the adapter breaks on the answer of a call that counted', async () => {
    const { fetch } = scriptedHttp([{ answer: { json: {} } }]);
    const { record } = await startWith(
      {
        start: async (_request, { http }) => {
          await http.call({ method: 'POST', path: '/import' });
          throw new TypeError('cannot read id of undefined');
        },
      },
      { fetch },
    );
    expect(record.error).toMatchObject({ code: 'unknown' });
    expect(record.error?.message).toContain('the adapter failed after the start was sent: cannot read id of undefined');
  });

  it('is not in doubt when the adapter breaks before any call', async () => {
    const { record } = await startWith({
      start: async () => {
        throw new TypeError('cannot read id of undefined');
      },
    });
    expect(record.error).toMatchObject({ code: 'protocol' });
    expect(record.error?.message).toContain('the adapter failed before the start was sent');
  });
});

describe('a start is not sent a second time', () => {
  it('when a later call of the adapter fails after it was accepted', async () => {
    let posts = 0;
    const script = scriptedHttp(({ method }) => {
      posts += method === 'POST' ? 1 : 0;
      return method === 'POST' ? { json: { id: 'r1' } } : { status: 503, json: {} };
    });
    const { job, clock } = await startWith(
      {
        start: async (_request, { http }) => {
          await http.call({ method: 'POST', path: '/import' });
          await http.call({ method: 'GET', path: '/import/r1' });
          return started('r1');
        },
      },
      { fetch: script.fetch },
    );
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'unknown' });
    expect(posts).toBe(1);
  });

  it('when the adapter returns no ref', async () => {
    const start = startsInTurn(JSON.parse('{"snapshot":{"state":"running","rawState":"working"}}'));
    const { job, clock } = await startWith({ start });
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'protocol' });
    expect(start.calls).toHaveLength(1);
  });
});

describe('a start that surely did nothing', () => {
  it('and may work later is put off, its slot freed meanwhile', async () => {
    const start = startsInTurn(unavailable(), started('r1'));
    const { job, record, clock, ...client } = await startWith({ start });
    expect(record).toMatchObject({ state: 'queued', phase: 'prepare', failures: 1, waitingFor: { what: 'retry' } });
    expect(record.intent).toBeUndefined();
    expect(record.dueAt).toBeGreaterThan(clock.now());
    expect(await slotTaken({ ...client, clock })).toBe(false);
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
  });

  it('is put off by what the provider named', async () => {
    const { record, clock } = await startWith({
      start: startsInTurn(unavailable({ retryAfterMs: 90_000 }), started('r1')),
    });
    const waitMs = (record.dueAt ?? 0) - clock.now();
    expect(waitMs).toBeGreaterThanOrEqual(90_000);
    expect(waitMs).toBeLessThanOrEqual(91_000);
  });

  it('because the provider is full, without a time, comes again in its own time, and its deadline does not run', async () => {
    const full = new SluiceError({ code: 'rate-limited', message: 'acme: two at once (HTTP 429)', status: 429 });
    const { job, record, clock } = await startWith({ start: startsInTurn(full, full, full, started('r1')) });
    expect(record.startedAt).toBeUndefined();
    expect(record.deadlineAt).toBeUndefined();
    expect((record.dueAt ?? 0) - clock.now()).toBeLessThanOrEqual(500);
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
  });

  it('and never will work fails the job at once', async () => {
    const { job, clock } = await startWith({
      start: startsInTurn(new SluiceError({ code: 'quota', message: 'acme: no credits (HTTP 402)', status: 402 })),
    });
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'quota', retry: 'later', status: 402 });
  });

  it('fails at its deadline, saying why it was never started', async () => {
    const { job, clock } = await startWith(
      { start: startsInTurn(unavailable()) },
      { settings: { deadlineMs: 60_000 } },
    );
    const began = clock.now();
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'unavailable', retry: 'exhausted' });
    expect(clock.now() - began).toBe(60_000);
    expect(job.snapshot.error?.message).toContain('acme: not now (HTTP 503)');
  });

  it('does not take a slot that no longer counts when its deadline passed while it waited for one', async () => {
    let atOnce = 0;
    let most = 0;
    const refused = new Set<string>();
    const { sluice, clock } = makeClient(
      {
        capabilities: { limits: { jobs: 1 } },
        members: {
          start: async (request) => {
            if (request.name === 'late' && !refused.has(request.id)) {
              refused.add(request.id);
              throw unavailable();
            }
            atOnce += 1;
            most = Math.max(most, atOnce);
            return started(request.name);
          },
          status: async (ref, { now }) => {
            const done = ref === 'late' || now() > began + 200_000;
            if (done) atOnce -= 1;
            return done ? { state: 'completed', rawState: 'done' } : running();
          },
        },
      },
      { settings: { deadlineMs: 60_000 } },
    );
    const began = clock.now();
    const late = await sluice.import({ source, name: 'late' });
    const first = await sluice.import({ source, name: 'first', deadlineMs: 300_000 });
    const next = sluice.import({ source, name: 'next', deadlineMs: 300_000 }).then((job) => job.wait());
    await expect(clock.run(late.wait())).rejects.toMatchObject({ retry: 'exhausted' });
    await clock.run(Promise.all([first.wait(), next]));
    expect(most).toBe(1);
  });
});

describe('what a start leaves', () => {
  it('a memo comes back with every look', async () => {
    const memos: unknown[] = [];
    const { job, clock } = await startWith({
      start: async () => ({ ...started({ id: 7 }), memo: { stored: true } }),
      status: async (ref, { memo }) => {
        memos.push([ref, memo]);
        return { state: 'completed', rawState: 'done' };
      },
    });
    await clock.run(job.wait());
    expect(memos).toEqual([[{ id: 7 }, { stored: true }]]);
  });

  it('a final answer ends the job, and frees the slot', async () => {
    const client = await startWith({ start: async () => started('r1', { state: 'completed', rawState: 'done' }) });
    expect(client.record).toMatchObject({ state: 'completed', completedAt: client.clock.now() });
    expect(client.record.request).toBeUndefined();
    expect(await slotTaken(client)).toBe(false);
  });
});
