import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/model/error.js';
import { ambiguous, started, startsInTurn } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';

async function failedJob(error: Error, script: Parameters<typeof makeClient>[0] = {}) {
  const start = startsInTurn(error, started('second'));
  const client = makeClient({ ...script, members: { start, ...script.members } });
  const job = await client.clock.run(client.sluice.import({ source, key: 'k' }));
  await client.clock.run(job.wait().catch(() => undefined));
  return { ...client, start, id: job.id };
}

describe('a job that failed', () => {
  it('has another attempt under its own id and key', async () => {
    const { sluice, clock, id, record } = await failedJob(new SluiceError({ code: 'auth', message: 'acme: no' }));
    const job = await sluice.retry(id);
    expect(await clock.run(job.wait())).toMatchObject({ id, key: 'k', state: 'completed' });
    expect(await record(id)).toMatchObject({ attempt: 2, ref: 'second' });
  });

  it('for which trying again would not help is left as it is', async () => {
    const { sluice, id } = await failedJob(new SluiceError({ code: 'invalid-request', message: 'acme: bad' }));
    await expect(sluice.retry(id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('would not help'),
    });
    expect((await sluice.job(id)).snapshot.state).toBe('failed');
  });

  it('whose start was never answered is tried again only when that is said', async () => {
    const { sluice, clock, id, start } = await failedJob(ambiguous());
    expect((await sluice.job(id)).snapshot.error?.code).toBe('unknown');
    await expect(sluice.retry(id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('look at the provider first'),
    });
    const job = await sluice.retry(id, { evenUnknown: true });
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(start.calls).toHaveLength(2);
  });

  it('is tried again by one of two who ask at once', async () => {
    const { sluice, id } = await failedJob(new SluiceError({ code: 'quota', message: 'acme: no credits' }));
    const tries = await Promise.allSettled([sluice.retry(id), sluice.retry(id)]);
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('a job that has not failed', () => {
  it('is not tried again', async () => {
    const { sluice, clock } = makeClient();
    const job = await clock.run(sluice.import({ source }));
    await clock.run(job.wait());
    await expect(sluice.retry(job.id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('it is completed'),
    });
    await expect(sluice.retry('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });
});
