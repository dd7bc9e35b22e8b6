import { expect, test } from 'vitest';
import { buffersOfForm, buffersOfLane, ReusedBuffer } from '../../src/platform/node-bytes/buffers.js';
import { bytesOf } from './transfers.js';

const mebi = 1024 * 1024;
const gibi = 1024 * mebi;
const source = bytesOf(new Uint8Array());

/** Bytes of all buffers of a transfer with so many lanes. */
function memoryOf(transfer: { lanes: number; longest: number; size: number; digest: boolean }): number {
  return Array.from({ length: transfer.lanes }, (_, index) => buffersOfLane(index, transfer)).reduce(
    (sum, { count, size }) => sum + count * size,
    0,
  );
}

test('memory depends neither on the size, nor on the parts, nor on their number', () => {
  for (const size of [10 * mebi, 200 * mebi, 5 * gibi])
    for (const longest of [5 * mebi, 16 * mebi, 64 * mebi])
      for (let lanes = 1; lanes <= 64; lanes += 1) {
        expect(memoryOf({ lanes, longest, size, digest: false })).toBeLessThanOrEqual(8 * mebi);
        expect(memoryOf({ lanes, longest, size, digest: true })).toBeLessThanOrEqual(20 * mebi);
      }
});

test('no buffer is longer than what a lane carries, nor too short to be worth a read', () => {
  for (const digest of [false, true])
    for (const longest of [25_600, 5 * mebi, 64 * mebi])
      for (const lanes of [1, 2, 4, 5, 16, 64]) {
        const { size } = buffersOfLane(lanes - 1, { lanes, longest, size: gibi, digest });
        expect(size).toBeLessThanOrEqual(longest);
        expect(size).toBeGreaterThanOrEqual(Math.min(longest, 64 * 1024));
      }
});

test('a lane has more than one buffer wherever something else than the socket is waited for', () => {
  const transfer = { longest: 16 * mebi, size: gibi };
  expect(buffersOfLane(0, { ...transfer, lanes: 4, digest: false }).count).toBe(1);
  expect(buffersOfLane(0, { ...transfer, lanes: 1, digest: false }).count).toBe(2);
  expect(buffersOfLane(0, { ...transfer, lanes: 4, digest: true }).count).toBe(3);
  expect(buffersOfForm({ ...source, size: gibi }, false).count).toBe(1);
  expect(buffersOfForm({ ...source, size: gibi }, true).count).toBe(2);
  expect(buffersOfForm({ ...source, size: gibi, far: true }, false).count).toBe(2);
});

test('a view is made only where a piece is of another length, and always of the same memory', () => {
  const buffer = new ReusedBuffer(1024);
  const first = buffer.first(1024);
  first.fill(7);
  expect(buffer.first(1024)).toBe(first);
  expect([...buffer.first(3)]).toEqual([7, 7, 7]);
  expect(buffer.first(3).byteOffset % 64).toBe(48);
});
