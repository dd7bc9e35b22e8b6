import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AdapterMembers } from '../../src/model/adapter.js';
import { SluiceError } from '../../src/model/error.js';
import { completed, looksInTurn, running, unavailable } from '../support/acme.js';
import { type ClientOptions, makeClient, source } from '../support/client.js';

/** A job that the provider has, and when it was looked at, in milliseconds after its start. */
async function watched(status: AdapterMembers['status'], options: ClientOptions = {}) {
  const lookedAt: number[] = [];
  const client = makeClient(
    {
      members: {
        status: (ref, context) => {
          lookedAt.push(client.clock.now() - began);
          return status(ref, context);
        },
      },
    },
    options,
  );
  const began = client.clock.now();
  const job = await client.clock.run(client.sluice.import({ source }));
  return { ...client, job, lookedAt };
}

function notFound(): SluiceError {
  return new SluiceError({ code: 'not-found', message: 'acme: no such job (HTTP 404)', status: 404 });
}

function refused(code: 'auth' | 'protocol' | 'invalid-request'): SluiceError {
  return new SluiceError({ code, message: `acme: ${code}` });
}

describe('how often a job is looked at', () => {
  it('stretches by 1.5 up to tenfold while nothing changes', async () => {
    const { clock, job, lookedAt } = await watched(async () => running());
    await expect(clock.run(job.wait({ timeoutMs: 120_000 }))).rejects.toMatchObject({ code: 'timeout' });
    const gaps = lookedAt.map((at, index) => Math.round(at - (lookedAt[index - 1] ?? 0)));
    expect(gaps.slice(0, 9)).toEqual([1_000, 1_500, 2_250, 3_375, 5_063, 7_594, 10_000, 10_000, 10_000]);
  });

  it.each([
    ['the provider’s word', (look: number) => running(look === 4 ? 'encoding' : 'working')],
    ['the progress', (look: number) => running('working', { progress: { done: look === 4 ? 1 : 0, unit: 'percent' } })],
  ])('starts over when %s changes', async (_what, snapshotOf) => {
    let looks = 0;
    const { clock, job, lookedAt } = await watched(async () => {
      looks += 1;
      return looks < 7 ? snapshotOf(looks) : completed;
    });
    await clock.run(job.wait());
    const gap = (look: number) => (lookedAt[look] ?? 0) - (lookedAt[look - 1] ?? 0);
    expect(gap(3)).toBeGreaterThan(1_500);
    expect(gap(4)).toBe(1_000);
  });

  it('is as the provider says, where it does', async () => {
    const told = [7_000, 250, 60_000];
    const { clock, job, lookedAt } = await watched(async () => {
      const nextLookMs = told.shift();
      return nextLookMs === undefined ? completed : running('working', { nextLookMs });
    });
    await clock.run(job.wait());
    expect(lookedAt).toEqual([1_000, 8_000, 8_250, 68_250]);
  });

  it.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY])(
    'is no busy loop and no eternity when it says %d',
    async (nextLookMs) => {
      const { clock, job, lookedAt } = await watched(async () => running('working', { nextLookMs }), {
        settings: { deadlineMs: 2 * 24 * 3_600_000 },
      });
      await expect(clock.run(job.wait({ timeoutMs: 60_000 }))).rejects.toMatchObject({ code: 'timeout' });
      expect(lookedAt.length).toBeLessThanOrEqual(600);
      expect((await job.refresh()).state).toBe('running');
    },
  );

  it('does not count progress that is left out for once as news', async () => {
    let looks = 0;
    const { clock, job, lookedAt } = await watched(async () => {
      looks += 1;
      return running('working', looks === 1 ? { progress: { done: 5, unit: 'percent' } } : {});
    });
    await expect(clock.run(job.wait({ timeoutMs: 60_000 }))).rejects.toMatchObject({ code: 'timeout' });
    expect(lookedAt.length).toBeLessThan(15);
    expect(job.snapshot.progress).toEqual({ done: 5, unit: 'percent' });
  });
});

describe('a look that fails', () => {
  it('with 5xx or a time-out never fails the job', async () => {
    const slow = new SluiceError({ code: 'timeout', message: 'acme: no answer within 30 s' });
    const status = looksInTurn(
      ...Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? unavailable() : slow)),
      completed,
    );
    const { clock, job } = await watched(status);
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(status.calls).toHaveLength(13);
  });

  it('backs off from half a second to half a minute, as the record says', async () => {
    const { clock, job, record, lookedAt } = await watched(looksInTurn(unavailable()));
    await expect(clock.run(job.wait({ timeoutMs: 600_000 }))).rejects.toMatchObject({ code: 'timeout' });
    const gaps = lookedAt.map((at, index) => at - (lookedAt[index - 1] ?? 0)).slice(1);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
    expect(Math.max(...gaps)).toBeGreaterThan(10_000);
    expect(await record(job.id)).toMatchObject({
      state: 'running',
      failures: lookedAt.length,
      waitingFor: { what: 'retry', error: { code: 'unavailable', status: 503 } },
    });
  });

  it('with a time of the provider’s is tried again then', async () => {
    const { clock, job, lookedAt } = await watched(looksInTurn(unavailable({ retryAfterMs: 40_000 }), completed));
    await clock.run(job.wait());
    expect(lookedAt[1]).toBeGreaterThanOrEqual(41_000);
    expect(lookedAt[1]).toBeLessThanOrEqual(42_000);
  });

  it.each(['auth', 'protocol', 'invalid-request'] as const)(
    'with %s tells those who wait, with the job alive; later waits go on',
    async (code) => {
      const { clock, job, record, lookedAt } = await watched(looksInTurn(refused(code), refused(code), completed));
      await expect(clock.run(job.wait())).rejects.toMatchObject({ code, message: expect.stringContaining('is alive') });
      expect(await record(job.id)).toMatchObject({ state: 'running', ref: job.id });
      await expect(clock.run(job.wait())).rejects.toMatchObject({ code });
      expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
      // Nobody hammers a provider that refuses.
      expect((lookedAt[1] ?? 0) - (lookedAt[0] ?? 0)).toBeGreaterThanOrEqual(10_000);
    },
  );

  it.each([
    [new TypeError('cannot read state of undefined'), 'cannot read state of undefined'],
    [z.object({ id: z.string() }).safeParse({}).error, 'id: is missing; expected string, received undefined.'],
  ])('because the adapter breaks on the answer is a call’s error too: %s', async (thrown, said) => {
    const { clock, job } = await watched(looksInTurn(thrown ?? completed, completed));
    await expect(clock.run(job.wait())).rejects.toMatchObject({
      code: 'protocol',
      message: expect.stringContaining(`acme: the adapter cannot read the status: ${said}`),
    });
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
  });
});

describe('a provider that does not know the job', () => {
  it('may have been too quick: looks at its pace, and all is well', async () => {
    const { clock, job, lookedAt } = await watched(looksInTurn(notFound(), notFound(), notFound(), completed));
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect((lookedAt[3] ?? 0) - (lookedAt[0] ?? 0)).toBeGreaterThanOrEqual(3_000);
  });

  it('four times in a row has forgotten it', async () => {
    const { clock, job, lookedAt } = await watched(looksInTurn(notFound()));
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'not-found', retry: 'never' });
    expect(lookedAt).toHaveLength(4);
    expect(job.snapshot.state).toBe('failed');
  });

  it('once after other failures has not', async () => {
    const { clock, job } = await watched(
      looksInTurn(
        unavailable(),
        unavailable(),
        unavailable(),
        notFound(),
        unavailable(),
        notFound(),
        notFound(),
        completed,
      ),
    );
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
  });
});

describe('a verdict', () => {
  it('of the provider fails the job in its words, and is never tried again', async () => {
    const no = { state: 'failed', rawState: 'error', message: 'the URL answered 403', providerCode: 'E12' } as const;
    const { clock, job, lookedAt, record } = await watched(looksInTurn(no));
    await expect(clock.run(job.wait())).rejects.toMatchObject({
      code: 'source-unreachable',
      message: 'acme: the URL answered 403',
      providerCode: 'E12',
      retry: 'later',
    });
    expect(job.snapshot.items).toEqual([
      { ok: false, ref: 'clip.mp4', error: expect.objectContaining({ code: 'source-unreachable' }) },
    ]);
    // Kept, so that it can be tried again by its user.
    expect((await record(job.id)).request).toBeDefined();
    await clock.advance(3_600_000);
    expect(lookedAt).toHaveLength(1);
  });

  it('without a reason names the word', async () => {
    const { clock, job } = await watched(looksInTurn({ state: 'failed', rawState: 'aborted by robot', code: 'quota' }));
    await expect(clock.run(job.wait())).rejects.toMatchObject({
      code: 'quota',
      message: 'acme: the provider says "aborted by robot" and gives no reason',
    });
  });

  it('"canceled" ends the job as canceled', async () => {
    const { clock, job } = await watched(looksInTurn({ state: 'canceled', rawState: 'canceled' }));
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'aborted' });
    expect(job.snapshot.state).toBe('canceled');
  });
});

describe('no job is endless', () => {
  it('at its deadline it has a last look, and is failed', async () => {
    const { clock, job, lookedAt } = await watched(looksInTurn(running()), { settings: { deadlineMs: 30_000 } });
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'timeout', retry: 'exhausted' });
    expect(lookedAt.at(-1)).toBe(30_000);
  });

  it('also when the provider is not there at its deadline', async () => {
    const { clock, job } = await watched(looksInTurn(unavailable()), { settings: { deadlineMs: 30_000 } });
    const began = clock.now();
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'timeout', retry: 'exhausted' });
    expect(clock.now() - began).toBe(30_000);
  });

  it('but one that ended while nobody was there to see it is not given up', async () => {
    const { clock, job } = await watched(looksInTurn(completed), { settings: { deadlineMs: 30_000, stallMs: 5_000 } });
    clock.jump(7 * 24 * 3_600_000);
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
  });

  it('without any news for stallMs it is stalled', async () => {
    const { clock, job } = await watched(looksInTurn(running()), { settings: { stallMs: 120_000 } });
    await expect(clock.run(job.wait())).rejects.toMatchObject({
      code: 'stalled',
      message: 'acme: nothing new for 2 min (it says "working"); it may still run at the provider',
    });
  });

  it('a word that the adapter does not know is running, one warning, and an hour', async () => {
    const { clock, job } = await watched(looksInTurn(running('transmogrifying', { unmapped: true })));
    const began = clock.now();
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'stalled' });
    expect(clock.now() - began).toBeGreaterThan(3_500_000);
    expect(job.snapshot).toMatchObject({ state: 'failed', unmapped: true });
    expect(job.snapshot.warnings).toEqual([
      {
        code: 'unmapped-state',
        message: 'acme says "transmogrifying", a word that the adapter does not know; taken as running',
      },
    ]);
  });
});
