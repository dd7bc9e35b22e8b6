import { expect, test } from 'vitest';
import { watchGlobals } from '../../src/testing/watch-globals.js';

test('sees who asks for the time, sets timers or fetches, and puts everything back', async () => {
  const before = { date: Date, fetch, setTimeout, now: performance.now };
  const used = await watchGlobals(async (watch) => {
    expect(new Date(0).getTime() + Date.parse('1970-01-01T00:00:01Z')).toBe(1_000);
    expect(new Date(0)).toBeInstanceOf(Date);
    expect(watch.used).toEqual([]);
    Date.now();
    new Date();
    performance.now();
    clearTimeout(setTimeout(() => undefined, 0));
    await fetch('data:,x');
    await watch.unwatched(async () => Date.now());
    return new Set(watch.used);
  });
  expect([...used]).toEqual(['Date.now', 'new Date()', 'performance.now', 'setTimeout', 'fetch']);
  expect({ date: Date, fetch, setTimeout, now: performance.now }).toEqual(before);
});
