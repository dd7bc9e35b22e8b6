import { expect, test } from 'vitest';
import { curl } from './support.js';
import { add, emulateCdn, ended } from './video-cdn-support.js';

test('files are pulled by their priority, and in the order they came among equals', async () => {
  const emulator = await emulateCdn({ pulls: 0 });
  for (const [name, priority] of Object.entries({ a: 1, b: 0, c: 5, d: 1, e: 0 })) {
    await add(emulator, { name, ...(priority > 0 && { fetch_prio: priority }) });
  }
  expect(emulator.videoCdn.queue()).toEqual(['c', 'a', 'd', 'b', 'e']);
  const change = ['-X', 'POST', '-d', '{"pulls":1}', `${emulator.url}/_emulator/video-cdn`];
  expect(JSON.parse(await curl(...change))).toMatchObject({ pulls: 1 });
  await ended(emulator, 'e');
  expect(emulator.videoCdn.order()).toEqual(['c', 'a', 'd', 'b', 'e']);
  expect(emulator.videoCdn.counts().peakPulls).toBe(1);
});

test('so many are pulled at once as the settings say', async () => {
  const emulator = await emulateCdn({ pulls: 3, pullMs: 50 });
  await Promise.all(Array.from({ length: 9 }, (_, index) => add(emulator, { name: `clip-${index}` })));
  await Promise.all(Array.from({ length: 9 }, (_, index) => ended(emulator, `clip-${index}`)));
  expect(emulator.videoCdn.counts()).toMatchObject({ peakPulls: 3, filesAccepted: 9 });
});

test('a file that is replaced while it waits or is pulled is pulled once more, and the old pull ends', async () => {
  const emulator = await emulateCdn({ pulls: 1 });
  emulator.faults.add({ on: 'download', kind: 'stall', match: 'tall.mp4' });
  const [sample, tall] = emulator.media.files;
  const old = await add(emulator, { location: tall?.url ?? '', size: tall?.size ?? 0 });
  const id = await add(emulator, { size: sample?.size ?? 0 });
  expect(id).not.toBe(old);
  expect(await ended(emulator)).toMatchObject({ id, status: 'ready' });
});
