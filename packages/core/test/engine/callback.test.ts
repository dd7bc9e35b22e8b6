import { describe, expect, it } from 'vitest';
import type { AdapterMembers } from '../../src/model/adapter.js';
import { memoryStore } from '../../src/store/memory.js';
import { splitRecord } from '../../src/store/secrets.js';
import { ambiguous, completed, running, started } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';

/** Deliveries like those of a provider that appends what it measured to the URL it was told. */
const webhook: NonNullable<AdapterMembers['webhook']> = async ({ method, query, job }) => {
  if (job === undefined) return { ref: 'r1', event: 'unaddressed' };
  return { event: `${method} ${query.status}`, evidence: { size: Number(query.size), note: query.note ?? '' } };
};

function receiver(members: Partial<AdapterMembers> = {}) {
  const told: (string | undefined)[] = [];
  const evidence: unknown[] = [];
  const client = makeClient(
    {
      pollIntervalMs: 3_600_000,
      capabilities: { webhook: 'evidence' },
      members: {
        webhook,
        start: async (_request, { callbackUrl }) => {
          told.push(callbackUrl);
          return started('r1');
        },
        status: async (_ref, context) => {
          evidence.push(context.evidence);
          return context.evidence === undefined ? running() : completed;
        },
        ...members,
      },
    },
    { store: memoryStore(), webhooks: { publicUrl: 'https://me.example/hooks/' } },
  );
  return { ...client, told, evidence };
}

const called = (url: string, query = '?status=success&size=7') => new Request(`${url}${query}`);

describe("a job's own callback URL", () => {
  it('is below the public URL and holds the job and a token; the provider that was told it is believed', async () => {
    const { sluice, told, evidence, record } = receiver();
    const job = await sluice.import({ source });
    expect(told).toEqual([
      expect.stringMatching(new RegExp(`^https://me\\.example/hooks/acme/${job.id}/[0-9a-z]{32}$`)),
    ]);
    expect(await sluice.webhook('acme', called(told[0] ?? ''))).toEqual({ status: 200, message: 'kept' });
    expect(evidence).toEqual([{ size: 7, note: '' }]);
    expect(await record(job.id)).toMatchObject({ state: 'completed', evidence: { size: 7 } });
  });

  it('is not there without a public URL', async () => {
    const { sluice } = makeClient({
      capabilities: { webhook: 'evidence' },
      members: { webhook, start: async (_request, { callbackUrl }) => started(callbackUrl ?? 'none') },
    });
    const job = await sluice.import({ source });
    expect(job.snapshot.state).toBe('running');
    expect(await sluice.webhook('acme', called(`https://me.example/acme/${job.id}/0000`))).toMatchObject({
      status: 401,
    });
  });

  it('with another token, or another job, is refused, logged and without effect', async () => {
    const { sluice, told, evidence, log } = receiver();
    await sluice.import({ source });
    const url = told[0] ?? '';
    const wrong = [url.replace(/.$/, (last) => (last === '0' ? '1' : '0')), url.replace(/job_\w/, 'job_zz')];
    for (const each of wrong) {
      expect(await sluice.webhook('acme', called(each))).toEqual({
        status: 401,
        message: 'the callback names no job with such a token',
      });
    }
    expect(evidence).toEqual([]);
    expect(log.filter(({ level }) => level === 'warn')).toHaveLength(2);
  });

  it('counts once when it is called twice, and is taken in peace when the job is over', async () => {
    const { sluice, told, evidence } = receiver();
    await sluice.import({ source });
    const url = told[0] ?? '';
    await sluice.webhook('acme', called(url));
    expect(await sluice.webhook('acme', called(url))).toEqual({ status: 200, message: 'known' });
    expect(await sluice.webhook('acme', called(url, '?status=fail'))).toEqual({ status: 200, message: 'kept' });
    expect(evidence).toHaveLength(1);
    expect(await sluice.webhook('acme', called(`${url.slice(0, -4)}0000`))).toMatchObject({ status: 401 });
  });

  it('that is called before the start is answered is kept, and helps to find out what became of it', async () => {
    const seen: unknown[] = [];
    const client = receiver({
      start: async (_request, { callbackUrl = '' }) => {
        await client.sluice.webhook('acme', called(callbackUrl));
        throw ambiguous();
      },
      recover: async (_request, _intent, { evidence }) => {
        seen.push(evidence);
        return { found: 'started', ...started('r1') };
      },
    });
    const job = await client.clock.run(client.sluice.import({ source }));
    expect(await client.clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(seen).toEqual([{ size: 7, note: '' }]);
  });

  it('shows the token nowhere: not in the open part of the record, not in what a provider quotes', async () => {
    const { sluice, told, record, log } = receiver({ status: async () => running(`calls ${told[0]}`) });
    const job = await sluice.import({ source });
    await job.refresh();
    const token = told[0]?.split('/').at(-1) ?? 'none';
    const kept = await record(job.id);
    expect(kept.callback?.token).toBe(token);
    expect(JSON.stringify([splitRecord(kept).open, job.snapshot, log])).not.toContain(token);
  });

  it('and what a delivery quotes of the source is redacted before it is kept', async () => {
    const { sluice, told, record } = receiver({ status: async () => running() });
    const job = await sluice.import({ source: 'https://user:hunter22@media.example/clip.mp4' });
    await sluice.webhook('acme', called(told[0] ?? '', '?status=fail&note=hunter22'));
    expect(JSON.stringify((await record(job.id)).evidence)).not.toContain('hunter22');
  });
});

it('a public URL that no provider could call is refused', () => {
  for (const publicUrl of ['me.example', 'ftp://me.example/', 'https://me.example/?a=1']) {
    expect(() => makeClient({}, { webhooks: { publicUrl } })).toThrow(
      'webhooks.publicUrl: must be an http or https URL',
    );
  }
});
