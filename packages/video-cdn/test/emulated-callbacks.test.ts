import type { Emulator } from '@sluice/emulator';
import { expect, test, vi } from 'vitest';
import { connect, emulate, sampleOf } from './emulation.js';

/** The file's callback, once it was delivered. */
async function delivered(emulator: Emulator) {
  await vi.waitFor(() => expect(emulator.videoCdn.callbacks()).toMatchObject([{ delivered: true }]), {
    timeout: 20_000,
  });
  return emulator.videoCdn.callbacks()[0]?.url ?? '';
}

test('what the CDN measured comes back with the callback, also where nothing was expected', async () => {
  const emulator = await emulate();
  const { sluice } = await connect(emulator, { called: true, settings: { pollIntervalMs: 600_000 } });
  const { url, size, sha256 } = sampleOf(emulator);
  const job = await sluice.import({ source: url });
  const { items } = await job.wait({ timeoutMs: 40_000 });
  expect(items).toMatchObject([
    {
      asset: { size, sha256 },
      checks: { size: { outcome: 'match' }, sha256: { outcome: 'unchecked', actual: sha256 } },
    },
  ]);
});

test('a callback that comes before the answer to the add is kept for its job', async () => {
  const emulator = await emulate();
  const { sluice, receiver } = await connect(emulator, { called: true, settings: { pollIntervalMs: 600_000 } });
  emulator.faults.add({ on: 'add', kind: 'latency', accepted: true, latencyMs: 400 });
  const importing = sluice.import({ source: sampleOf(emulator).url });
  await delivered(emulator);
  expect(receiver?.answered).toMatchObject([{ status: 200 }]);
  const job = await importing;
  const { items } = await job.wait({ timeoutMs: 40_000 });
  expect(items).toMatchObject([{ ok: true, asset: { sha256: sampleOf(emulator).sha256 } }]);
});

test('a callback that comes twice counts once', async () => {
  const emulator = await emulate();
  const { sluice, receiver } = await connect(emulator, { called: true });
  emulator.faults.add({ on: 'webhook', kind: 'duplicate-delivery' });
  const job = await sluice.import({ source: sampleOf(emulator).url });
  await job.wait({ timeoutMs: 40_000 });
  await vi.waitFor(() => expect(receiver?.answered).toHaveLength(2), 20_000);
  expect(receiver?.answered).toMatchObject([{ message: 'kept' }, { message: 'known' }]);
  expect(job.snapshot.warnings).toEqual([]);
});

test('a callback that is lost is made up for by looking', async () => {
  const emulator = await emulate();
  const { bring, receiver } = await connect(emulator, { called: true });
  emulator.faults.add({ on: 'webhook', kind: 'reset-before' });
  const { snapshot } = await bring({ source: sampleOf(emulator).url });
  expect(snapshot.state).toBe('completed');
  expect(receiver?.answered).toEqual([]);
});

test('a stranger’s callback is refused, logged, and changes nothing', async () => {
  const emulator = await emulate({ videoCdn: { pulls: 0 } });
  const { sluice, receiver, logged } = await connect(emulator, { called: true, settings: { pollIntervalMs: 600_000 } });
  const job = await sluice.import({ source: sampleOf(emulator).url });
  const wrong = `${receiver?.url}/cdn/${job.id}/${'0'.repeat(32)}`;
  for (const url of [wrong, `${receiver?.url}/cdn/job_unknown0/${'0'.repeat(32)}`, `${receiver?.url}/cdn`]) {
    expect((await fetch(`${url}?status=success&size=1&sha-256=${'ab'.repeat(32)}`)).status).toBe(401);
  }
  expect(logged.filter(({ level }) => level === 'warn').map(({ message }) => message)).toHaveLength(3);
  expect((await job.refresh()).state).toBe('queued');
  emulator.videoCdn.setPulls(1);
  const { items } = await job.wait({ timeoutMs: 40_000 });
  expect(items).toMatchObject([{ asset: { sha256: sampleOf(emulator).sha256 } }]);
});

test('a failure of which only the callback tells ends with expected and actual', async () => {
  const emulator = await emulate({ videoCdn: { words: { failed: 'thawing', ready: 'frozen' } } });
  const { bring } = await connect(emulator, { called: true });
  const { url } = sampleOf(emulator);
  const expected = 'ab'.repeat(32);
  const { error } = await bring({ source: url, expect: { sha256: expected } });
  expect(error).toMatchObject({
    code: 'integrity',
    message: expect.stringContaining(`expected ${expected}, got ${sampleOf(emulator).sha256}`),
  });
});

test('evidence of other bytes is a mismatch, whatever the list says', async () => {
  const emulator = await emulate({ videoCdn: { pulls: 0 } });
  const { sluice } = await connect(emulator, { called: true });
  const { url, sha256 } = sampleOf(emulator);
  let callback = '';
  emulator.faults.add({ on: 'webhook', kind: 'reset-before' });
  const job = await sluice.import({ source: url, expect: { sha256 } });
  emulator.videoCdn.setPulls(1);
  await vi.waitFor(() => {
    callback = emulator.videoCdn.callbacks()[0]?.url ?? '';
    expect(callback).not.toBe('');
  }, 20_000);
  const lying = callback.replace(sha256, 'cd'.repeat(32));
  expect((await fetch(lying)).status).toBe(200);
  const outcome = await job.wait({ timeoutMs: 40_000 }).catch((error: unknown) => error);
  const wrong = { code: 'integrity', message: expect.stringContaining(`expected ${sha256}, but ${'cd'.repeat(32)}`) };
  // A look may have been quicker than the callback, and found what was asked for.
  if (job.snapshot.state === 'failed') expect(outcome).toMatchObject(wrong);
  else expect(job.snapshot.state).toBe('completed');
});
