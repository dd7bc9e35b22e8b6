import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/index.js';

test('time jumps to whoever wakes first, in the order of waking', async () => {
  const clock = new VirtualClock(1_000);
  const woken: [string, number][] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push([name, clock.now()]);
  };
  await Promise.all([sleep('day', 86_400_000), sleep('second', 1_000), sleep('now', 0)]);
  expect(woken).toEqual([
    ['now', 1_000],
    ['second', 2_000],
    ['day', 86_401_000],
  ]);
});

test('time does not pass while something else is going on', async () => {
  const clock = new VirtualClock(0);
  const timeout = new AbortController();
  const sleeping = clock.sleep(10, timeout.signal).catch(() => 'stopped');
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
  timeout.abort();
  expect(await sleeping).toBe('stopped');
  expect(clock.now()).toBe(0);
});

test('a signal that has fired lets nobody sleep', async () => {
  await expect(new VirtualClock().sleep(10, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
});
