import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { deferred } from '../../src/engine/deferred.js';
import type { AdapterUpload } from '../../src/model/adapter.js';
import { defineSource, type SourceContext, type SourceMembers } from '../../src/model/define-source.js';
import { SluiceError } from '../../src/model/error.js';
import { fromStream } from '../../src/model/from-stream.js';
import type { Store } from '../../src/store/contract.js';
import { onAbort } from '../../src/wire/on-abort.js';
import { type ClientOptions, makeClient } from '../support/client.js';
import { listen } from '../support/servers.js';

const ways = [{ name: 'form', shape: 'form' as const, minBytes: 1, maxBytes: 1_000_000 }];

/** Says nothing until it is stopped, and then what connections say that are cut. */
function cut({ signal }: SourceContext): Promise<never> {
  return new Promise((_resolve, reject) => {
    onAbort(signal, () => reject(new SluiceError({ code: 'source-unreachable', message: 'the connection broke' })));
  });
}

function silent(more: Partial<SourceMembers> = {}): Pick<ClientOptions, 'sources'> {
  const source = defineSource({
    name: 'silent',
    schemes: ['ftp'],
    settings: z.object({}),
    create: () => ({ look: (_url, context) => cut(context), open: (_url, context) => cut(context), ...more }),
  });
  return { sources: [source()] };
}

async function onlyJob(store: Store): Promise<string> {
  for await (const { id } of store.list()) return id;
  throw new Error('there is no job');
}

const url = 'ftp://files.example/clip.mp4';

describe('a source that breaks because it was stopped', () => {
  const begin: AdapterUpload['begin'] = async () => Promise.reject(new Error('nothing was opened'));
  const bytesAlone = {
    bare: true,
    members: { upload: { ways, begin, complete: async () => undefined } },
    capabilities: { upload: { ways, canList: false, canSign: false } },
  };

  it.each([
    ['while it is opened for an upload', bytesAlone, {}],
    ['while it is read for its digest', {}, { expect: { sha256: 'compute' } }],
    ['while its size is asked for', { capabilities: { needs: ['size' as const] } }, {}],
  ])('says nothing of itself: %s', async (_when, script, wishes) => {
    const { sluice, clock, record, store } = makeClient(script, silent());
    const importing = sluice.import({ source: url, ...wishes }).catch(() => undefined);
    await clock.advance(1);
    const id = await onlyJob(store);
    await clock.run(sluice.close());
    await importing;
    const { state, failures, error, dueAt } = await record(id);
    expect({ state, failures, error }).toEqual({ state: 'queued', failures: 0, error: undefined });
    expect(dueAt).toBeLessThanOrEqual(clock.now());
  });

  it('is a plan that was aborted', async () => {
    const { sluice } = makeClient(bytesAlone, silent());
    const stop = new AbortController();
    const planning = sluice.plan({ source: url }, { signal: stop.signal });
    stop.abort();
    await expect(planning).rejects.toMatchObject({ code: 'aborted' });
  });

  it('and a stream that gives nothing keeps no job from being canceled', async () => {
    const { url: store } = await listen(() => undefined);
    const begin: AdapterUpload['begin'] = async () => ({
      ...{ kind: 'parts', session: {}, uploaded: {}, partSize: 100 },
      first: [{ number: 1, url: `${store}/1` }],
    });
    const partsWays = [{ name: 'parts', shape: 'parts' as const, minBytes: 1, maxBytes: 1_000 }];
    const upload = { begin, complete: async () => undefined, ways: partsWays };
    const { sluice, clock } = makeClient({
      members: { upload },
      capabilities: { upload: { ways: partsWays, canList: false, canSign: false } },
    });
    const asked = deferred();
    const next = () => {
      asked.resolve();
      return new Promise<never>(() => undefined);
    };
    const never: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next }) };
    const job = await sluice.import({ source: fromStream(never, { name: 'clip.mp4', size: 100 }) });
    await clock.advance(1_000);
    await asked.promise;
    expect(await clock.run(job.cancel())).toMatchObject({ state: 'canceled' });
  });
});
