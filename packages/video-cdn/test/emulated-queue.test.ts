import { expect, test, vi } from 'vitest';
import { connect, emulate, sampleOf } from './emulation.js';

test('among 200 files that wait, one with a high priority is fetched first', async () => {
  const emulator = await emulate({ videoCdn: { pulls: 0 } });
  const { sluice } = await connect(emulator, { settings: { pollIntervalMs: 500 } });
  const { url, size } = sampleOf(emulator);
  const request = (name: string, priority?: number) =>
    sluice.import({ source: url, name, expect: { size }, ...(priority !== undefined && { priority }) });
  const jobs = await Promise.all(Array.from({ length: 200 }, (_, index) => request(`films/${index}.mp4`)));
  await vi.waitFor(() => expect(emulator.videoCdn.queue()).toHaveLength(200), { timeout: 15_000 });
  const urgent = await request('films/urgent.mp4', 10);
  await vi.waitFor(() => expect(emulator.videoCdn.queue()).toHaveLength(201), { timeout: 20_000 });
  expect(emulator.videoCdn.queue()[0]).toBe('films/urgent.mp4');
  emulator.videoCdn.setPulls(2);
  await Promise.all([urgent, ...jobs].map((job) => job.wait({ timeoutMs: 30_000 })));
  expect(emulator.videoCdn.order()[0]).toBe('films/urgent.mp4');
  expect(emulator.videoCdn.order()).toHaveLength(201);
}, 60_000);
