import { expect, test, vi } from 'vitest';
import { connect, emulate, sampleOf } from './emulation.js';

const name = 'films/clip.mp4';

/** What was there before: nothing, or a file of another import that is ready or failed. */
async function withOlder(older: 'none' | 'ready' | 'failed', replacementId: 'new' | 'kept' = 'new') {
  const emulator = await emulate({ videoCdn: { replacementId } });
  const client = await connect(emulator);
  const { url, size } = sampleOf(emulator, 'tall.mp4');
  if (older === 'ready') await client.bring({ source: url, name });
  if (older === 'failed')
    await client.bring({ source: `${emulator.media.url}/broken/tall.mp4`, name, expect: { size } });
  const adds = emulator.videoCdn.counts().add;
  return { emulator, ...client, adds: () => emulator.videoCdn.counts().add - adds };
}

test.each(['lost-answer', 'reset-after', 'error-504', 'not-json', 'cut-body', 'error-500-after'] as const)(
  'an add whose answer is lost (%s) is recovered by its name, and never sent again',
  async (kind) => {
    const { emulator, bring, adds } = await withOlder('none');
    emulator.faults.add({ on: 'add', kind, times: 1 });
    const { url, size, sha256 } = sampleOf(emulator);
    const { snapshot, item } = await bring({ source: url, name, expect: { sha256 } });
    expect(snapshot.state).toBe('completed');
    expect(item).toMatchObject({ outcome: 'created', asset: { size, sha256 } });
    expect(adds()).toBe(1);
  },
);

test.each([
  ['ready', 'new'],
  ['ready', 'kept'],
  ['failed', 'new'],
  ['failed', 'kept'],
] as const)(
  'also over an older file that is %s, whose replacement has an id that is %s',
  async (older, replacementId) => {
    const { emulator, bring, adds } = await withOlder(older, replacementId);
    emulator.faults.add({ on: 'add', kind: 'lost-answer', times: 1 });
    const { url, size, sha256 } = sampleOf(emulator);
    const { snapshot, item } = await bring({ source: url, name, expect: { size, sha256 } });
    expect(snapshot.state).toBe('completed');
    expect(item).toMatchObject({ outcome: 'replaced', asset: { size, sha256 } });
    expect(adds()).toBe(1);
  },
);

test.each(['none', 'ready', 'failed'] as const)(
  'an add that never arrived is unknown at the deadline, and nothing older is taken for it: %s',
  async (older) => {
    const { emulator, sluice, adds } = await withOlder(older);
    emulator.faults.add({ on: 'add', kind: 'lost-answer', accepted: false, times: 1 });
    const { url } = sampleOf(emulator, 'tall.mp4');
    const job = await sluice.import({ source: url, name, deadlineMs: 1_500 });
    await expect(job.wait({ timeoutMs: 40_000 })).rejects.toMatchObject({ code: 'unknown', retry: 'never' });
    expect(adds()).toBe(1);
  },
);

test('an add that is recovered while its file still waits goes on like any other', async () => {
  const { emulator, sluice, adds } = await withOlder('none');
  emulator.videoCdn.setPulls(0);
  emulator.faults.add({ on: 'add', kind: 'lost-answer', times: 1 });
  const { url } = sampleOf(emulator);
  const job = await sluice.import({ source: url, name });
  const waiting = job.wait({ timeoutMs: 40_000 });
  await vi.waitFor(() => expect(job.snapshot).toMatchObject({ state: 'queued', rawState: 'queued' }), {
    timeout: 20_000,
  });
  emulator.videoCdn.setPulls(1);
  expect(await waiting).toMatchObject({ state: 'completed', items: [{ outcome: 'created' }] });
  expect(adds()).toBe(1);
});

test('a file that somebody else replaces meanwhile is not taken for this import’s', async () => {
  const { emulator, sluice, bring } = await withOlder('none');
  emulator.videoCdn.setPulls(0);
  const [tall, sample] = [sampleOf(emulator, 'tall.mp4'), sampleOf(emulator)];
  const other = await connect(emulator, { settings: { unlistedMs: 0 } });
  const job = await other.sluice.import({ source: tall.url, name });
  await vi.waitFor(() => expect(emulator.videoCdn.counts().add).toBe(1), 20_000);
  const second = await sluice.import({ source: sample.url, name });
  await vi.waitFor(() => expect(emulator.videoCdn.counts().add).toBe(2), 20_000);
  emulator.videoCdn.setPulls(2);
  await expect(job.wait({ timeoutMs: 40_000 })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('has its name'),
  });
  expect(await second.wait({ timeoutMs: 40_000 })).toMatchObject({ state: 'completed' });
  void bring;
});
