import { describe, expect, it } from 'vitest';
import type { Readiness } from '../../src/model/adapter.js';
import { SluiceError } from '../../src/model/error.js';
import { started, startsInTurn, unavailable } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';

const busy: Readiness = { again: 60_000, why: 'an import that somebody else started is running' };

function inTurn(answers: (Readiness | Error)[]) {
  let asked = 0;
  return async (): Promise<Readiness> => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? { go: true };
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

describe('a provider that is not ready', () => {
  it('is asked again when it says; the job says what it waits for, and keeps its slot', async () => {
    const start = startsInTurn(started('r1'));
    const client = makeClient({
      capabilities: { limits: { jobs: 1 } },
      members: { ready: inTurn([busy, busy, { go: true }]), start },
    });
    const job = await client.sluice.import({ source });
    const began = client.clock.now();
    expect(job.snapshot.waitingFor).toEqual({ what: 'provider', until: began + 60_000, why: busy.why });
    const second = await client.sluice.import({ source: `${source}?2` });
    expect(second.snapshot.waitingFor).toMatchObject({ what: 'slot' });
    expect(await client.clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(client.clock.now()).toBeGreaterThanOrEqual(began + 120_000);
    expect(start.calls).toHaveLength(1);
    await client.clock.run(second.wait());
    expect(start.calls).toHaveLength(2);
  });

  it('tells it to those who follow the job', async () => {
    const { sluice, clock } = makeClient({ members: { ready: inTurn([busy, { go: true }]) } });
    const job = await sluice.import({ source });
    const events: unknown[] = [];
    await clock.run(
      (async () => {
        for await (const event of job.events()) if (event.type === 'waiting') events.push(event);
      })(),
    );
    expect(events).toEqual([expect.objectContaining({ what: 'provider', why: busy.why })]);
  });

  it('that cannot be asked is asked later, with nothing sent; one that says no for good ends the job', async () => {
    const start = startsInTurn(started('r1'));
    const later = makeClient({ members: { ready: inTurn([unavailable(), { go: true }]), start } });
    const job = await later.sluice.import({ source });
    expect(start.calls).toHaveLength(0);
    expect(await later.clock.run(job.wait())).toMatchObject({ state: 'completed' });
    const withdrawn = new SluiceError({ code: 'unsupported', message: 'acme: withdrawn by the provider', status: 410 });
    const never = makeClient({ members: { ready: inTurn([withdrawn]), start } });
    const refused = await never.sluice.import({ source });
    expect(refused.snapshot).toMatchObject({ state: 'failed', error: { code: 'unsupported' } });
  });

  it('can be left: the job is canceled and its slot free', async () => {
    const client = makeClient({ capabilities: { limits: { jobs: 1 } }, members: { ready: inTurn([busy]) } });
    const job = await client.sluice.import({ source });
    await client.clock.run(job.cancel());
    const slot = { slots: 'acme/all', holder: 'other', max: 1, until: client.clock.now() + 1 };
    expect(await client.store.admit({ slot }, client.clock.now())).toEqual({ admitted: true });
  });
});

describe('what is at the provider before the start', () => {
  it('is saved with the intent, and given to recovery', async () => {
    const intents: unknown[] = [];
    const client = makeClient({
      members: {
        before: async ({ name }) => ({ name, id: 'older' }),
        start: async ({ id }) => {
          intents.push((await client.record(id)).intent?.before);
          throw new SluiceError({ code: 'unavailable', message: 'acme: cut', ambiguous: true });
        },
        recover: async (_request, { before }) => {
          intents.push(before);
          return { found: 'started', ...started('r1') };
        },
      },
    });
    const job = await client.clock.run(client.sluice.import({ source }));
    await client.clock.run(job.wait());
    expect(intents).toEqual([
      { name: 'clip.mp4', id: 'older' },
      { name: 'clip.mp4', id: 'older' },
    ]);
  });
});
