import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inPool } from '../../src/pool.js';

test('work that fails while the next item is awaited ends the pool with its error, when the others are done', async () => {
  const done: number[] = [];
  let asked = 0;
  const slow = async function* () {
    for (asked = 1; asked < 10; asked += 1) {
      yield asked;
      await delay(5);
    }
  };
  const work = async (item: number) => {
    if (item === 2) throw new Error('the second cannot be done');
    await delay(30);
    done.push(item);
  };
  await expect(inPool(slow(), 4, work)).rejects.toThrow('the second cannot be done');
  expect(asked).toBe(3);
  expect(done).toEqual([1]);
});
