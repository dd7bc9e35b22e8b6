import { describe, expect, it } from 'vitest';
import type { AdapterMembers, ProviderSnapshot } from '../../src/model/adapter.js';
import type { JsonValue } from '../../src/model/json.js';
import { ambiguous, completed, findsInTurn, running, started, unavailable } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';

const ready: ProviderSnapshot = {
  state: 'running',
  rawState: 'asset ready',
  next: { effect: 'index', input: { asset: 'a1' } },
};

/** An asset that is ready at the first look, and must then be indexed. */
function indexing(outcomes: Error[], members: Partial<AdapterMembers> = {}) {
  const inputs: JsonValue[] = [];
  const client = makeClient({
    members: {
      start: async () => started({ asset: 'a1' }),
      status: async (ref) => (typeof ref === 'object' && ref !== null && 'indexed' in ref ? completed : ready),
      effects: {
        index: async (input) => {
          const outcome = outcomes[inputs.length];
          inputs.push(input);
          if (outcome !== undefined) throw outcome;
          return started({ asset: 'a1', indexed: 'i1' }, running('indexing'));
        },
      },
      ...members,
    },
  });
  return { ...client, inputs };
}

describe('a later effect', () => {
  it('runs when a snapshot asks for it, under an intent of its own that is saved first', async () => {
    const intents: unknown[] = [];
    const client = indexing([], {
      effects: {
        index: async (input, { key }) => {
          intents.push([(await client.record(job.id)).intent, input, key]);
          return started({ indexed: 'i1' });
        },
      },
    });
    const job = await client.sluice.import({ source });
    expect(await client.clock.run(job.wait())).toMatchObject({ state: 'completed' });
    const saved = { effect: 'index', key: `${job.id}-index`, savedAt: expect.any(Number), input: { asset: 'a1' } };
    expect(intents).toEqual([[saved, { asset: 'a1' }, saved.key]]);
    expect(await client.record(job.id)).toMatchObject({ ref: { indexed: 'i1' } });
  });

  it('that surely did nothing is asked for again by the next look', async () => {
    const { sluice, clock, inputs } = indexing([unavailable(), unavailable()]);
    const job = await sluice.import({ source });
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(inputs).toHaveLength(3);
  });

  it('in doubt is recovered, not repeated', async () => {
    const asked: unknown[] = [];
    const { sluice, clock, inputs } = indexing([ambiguous()], {
      recover: async (_request, intent) => {
        asked.push([intent.effect, intent.input]);
        return { found: 'started', ...started({ asset: 'a1', indexed: 'found' }) };
      },
    });
    const job = await sluice.import({ source });
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(inputs).toHaveLength(1);
    expect(asked).toEqual([['index', { asset: 'a1' }]]);
  });

  it('that left nothing is made again', async () => {
    const { sluice, clock, inputs } = indexing([ambiguous()], { recover: findsInTurn({ found: 'nothing' }) });
    const job = await sluice.import({ source });
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(inputs).toHaveLength(2);
  });

  it('in doubt at a provider that cannot be asked is unknown, in its own words', async () => {
    const { sluice, clock, inputs } = indexing([ambiguous()]);
    const job = await sluice.import({ source });
    await expect(clock.run(job.wait())).rejects.toMatchObject({
      code: 'unknown',
      message: expect.stringContaining('acme: the index was sent at'),
    });
    expect(inputs).toHaveLength(1);
  });

  it('that the adapter does not have is its fault, and the job stays alive', async () => {
    const { sluice, clock } = indexing([], { effects: {} });
    const job = await sluice.import({ source });
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'protocol' });
    await job.refresh().catch(() => undefined);
    expect(job.snapshot.state).toBe('running');
  });
});

it('the outcomes of files that are known while the job runs are its items already', async () => {
  const looks: ProviderSnapshot[] = [
    { ...running('indexing'), items: [{ ok: false, ref: 'b.mp4', message: 'too short' }] },
    {
      state: 'completed',
      rawState: 'ready',
      items: [
        { ok: false, ref: 'b.mp4', message: 'too short' },
        { ok: true, ref: 'a.mp4', asset: { id: 'a' } },
      ],
    },
  ];
  let look = 0;
  const { sluice, clock, record } = makeClient({ members: { status: async () => looks[look++] ?? completed } });
  const job = await sluice.import({ source });
  await clock.run(job.refresh());
  expect((await record(job.id)).items).toMatchObject([{ ok: false, ref: 'b.mp4' }]);
  expect((await clock.run(job.wait())).items).toMatchObject([{ ok: false }, { ok: true, ref: 'a.mp4' }]);
});
