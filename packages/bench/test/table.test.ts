import { expect, test } from 'vitest';
import { tableText } from '../src/command/table.js';
import { amountText, type Figure, isMet } from '../src/figures/figure.js';

const ratio: Figure = {
  what: 'store / peer',
  ours: { value: 12_345, unit: 'jobs/s' },
  peer: { name: 'peer', value: 8_230, unit: 'jobs/s' },
  figure: { value: 1.5, unit: 'times' },
  bar: { is: 'at least', value: 1.5 },
};
const overhead: Figure = {
  what: 'a job',
  ours: { value: 0.6, unit: 'ms' },
  peer: { name: 'peer', value: 0.2, unit: 'ms' },
  figure: { value: 0.4, unit: 'ms more' },
  bar: { is: 'at most', value: 0.1 },
};

test('a bar is met at its very value, and only on its own side', () => {
  expect(isMet(ratio)).toBe(true);
  expect(isMet({ ...ratio, figure: { value: 1.49, unit: 'times' } })).toBe(false);
  expect(isMet(overhead)).toBe(false);
  expect(isMet({ ...overhead, figure: { value: -0.1, unit: 'ms more' } })).toBe(true);
  const { bar: _bar, ...told } = overhead;
  expect(isMet(told)).toBeUndefined();
});

test('the table says of each figure what it is, what is beside it, its bar, and whether that is met', () => {
  expect(tableText([ratio, overhead])).toBe(
    [
      '                     Sluice            beside it     figure       bar',
      'store / peer  12,345 jobs/s  8,230 jobs/s (peer)       1.50     ≥ 1.5      met',
      'a job              0.600 ms      0.200 ms (peer)  +0.400 ms  ≤ 0.1 ms  not met',
      '',
    ].join('\n'),
  );
});

test.each([
  [{ value: 1234.5, unit: 'B' as const }, '1,235 B'],
  [{ value: 12.34, unit: 'MB' as const }, '12.3 MB'],
  [{ value: 7, unit: 'packages' as const }, '7 packages'],
  [{ value: -0.25, unit: 'ms more' as const }, '−0.250 ms'],
])('%o reads as %s', (amount, text) => {
  expect(amountText(amount)).toBe(text);
});
