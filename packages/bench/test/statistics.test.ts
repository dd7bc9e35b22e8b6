import { expect, test } from 'vitest';
import { interleave, lazily, median } from '../src/figures/statistics.js';

test('the median is the middle sample, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 2, 4])).toBe(3);
  expect(() => median([])).toThrow('no median of nothing');
});

test('each round measures every side, and begins with another one', async () => {
  const order: string[] = [];
  const samples = await interleave({ sides: ['a', 'b', 'c'], rounds: 3 }, async (side, round) => {
    order.push(side);
    return `${side}${round}`;
  });
  expect(order.join('')).toBe('abcbcacab');
  expect(samples.get('b')).toEqual(['b0', 'b1', 'b2']);
});

test('lazy lanes take each number once, never more at once than there are lanes', async () => {
  const taken: number[] = [];
  let moving = 0;
  let most = 0;
  await lazily({ count: 10, concurrency: 3 }, async (number) => {
    taken.push(number);
    moving += 1;
    most = Math.max(most, moving);
    await Promise.resolve();
    moving -= 1;
  });
  expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(3);
});
