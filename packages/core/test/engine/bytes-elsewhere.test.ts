import { expect, it } from 'vitest';
import { SluiceError } from '../../src/model/error.js';
import { fromBuffer } from '../../src/model/from-bytes.js';
import { memoryStore } from '../../src/store/memory.js';
import { started, unavailable } from '../support/acme.js';
import { makeClient } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';
import { acmeUpload } from '../testing/acme-upload.js';

const bytes = () => fromBuffer(new Uint8Array(1_000), { name: 'clip.mp4' });

/** Two processes of one store; in each, `begins` says how the attempts to begin the upload end. */
function processes(...begins: SluiceError[]) {
  const store = memoryStore();
  const clock = new ManualClock();
  const ways = [{ name: 'form', shape: 'form' as const, minBytes: 1, maxBytes: 1_000_000 }];
  const { wish: _wish, answered: _answered, ...members } = acmeUpload('https://api.acme.example', () => started('a1'));
  const make = () => {
    let attempts = 0;
    const begin = async () => {
      attempts += 1;
      throw begins[Math.min(attempts, begins.length) - 1] ?? new Error('no script');
    };
    const upload = { ...members, ways, begin };
    const capabilities = { upload: { ways, canList: false, canSign: false } };
    return { ...makeClient({ members: { upload }, capabilities }, { store, clock }), begins: () => attempts };
  };
  return { owner: make(), worker: make(), clock };
}

const refused = new SluiceError({ code: 'quota', message: 'acme: full' });

it('a job whose bytes another process has is left to it by those who work the store', async () => {
  const { owner, worker, clock } = processes(unavailable(), unavailable(), refused);
  const job = await owner.sluice.import({ source: bytes() });
  const { id } = job;
  const stop = new AbortController();
  const working = worker.sluice.run({ signal: stop.signal });
  const waiting = job.wait().catch(() => undefined);
  await clock.advance(60_000);
  const record = await owner.record(id);
  expect(record).toMatchObject({ state: 'failed', error: { code: 'quota' } });
  expect([owner.begins(), worker.begins()]).toEqual([3, 0]);
  stop.abort();
  await clock.run(Promise.all([working, waiting]));
});

it('whoever waits for it elsewhere is told what to do if that process is gone', async () => {
  const { owner, worker, clock } = processes(unavailable());
  const keyed = await owner.sluice.import({ source: bytes(), key: 'k1' });
  const plain = await owner.sluice.import({ source: bytes() });
  await clock.advance(1);
  await clock.run(owner.sluice.close());
  const waiting = async (id: string) =>
    clock.run((await worker.sluice.job(id)).wait().catch((error: unknown) => error));
  expect(await waiting(keyed.id)).toMatchObject({
    code: 'source-unreachable',
    message: expect.stringMatching(/import it again with the key "k1" and the upload goes on$/),
  });
  expect(await waiting(plain.id)).toMatchObject({ message: expect.stringMatching(/cancel it and import it again$/) });
  expect((await worker.record(keyed.id)).state).not.toBe('failed');
});

it('and handed over again under its key it goes on at once', async () => {
  const { owner, worker, clock } = processes(unavailable(), refused);
  const { id } = await owner.sluice.import({ source: bytes(), key: 'k1' });
  await clock.advance(1);
  await clock.run(owner.sluice.close());
  await clock.run((await worker.sluice.job(id)).wait().catch(() => undefined));
  const before = clock.now();
  const again = await worker.sluice.import({ source: bytes(), key: 'k1' });
  await clock.run(again.wait().catch(() => undefined));
  expect([again.id, worker.begins()]).toEqual([id, 2]);
  expect(clock.now() - before).toBeLessThan(5_000);
});

it('and it is given up at its deadline', async () => {
  const { owner, worker, clock } = processes(unavailable());
  const { id } = await owner.sluice.import({ source: bytes(), deadlineMs: 60_000 });
  await clock.run(owner.sluice.close());
  const stop = new AbortController();
  const working = worker.sluice.run({ signal: stop.signal });
  await clock.advance(90_000);
  expect(await worker.record(id)).toMatchObject({
    state: 'failed',
    error: { code: 'source-unreachable', retry: 'exhausted' },
  });
  stop.abort();
  await clock.run(working);
});
