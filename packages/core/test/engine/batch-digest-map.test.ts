import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DigestMap } from '../../src/engine/batch/digest-map.js';

const digestOf = (index: number) => createHash('sha256').update(String(index)).digest('hex');

describe('a map of digests', () => {
  it('keeps a number for each of 100,000, and knows none of the others', () => {
    const map = new DigestMap();
    for (let index = 0; index < 100_000; index += 1) map.set(digestOf(index), index);
    expect(map.size).toBe(100_000);
    const wrong = Array.from({ length: 100_000 }, (_, index) => index).filter(
      (index) => map.get(digestOf(index)) !== index,
    );
    expect(wrong).toEqual([]);
    expect(
      Array.from({ length: 1_000 }, (_, index) => map.get(digestOf(200_000 + index))).every((one) => one === undefined),
    ).toBe(true);
  });

  it('replaces a number, and takes 0 for one', () => {
    const map = new DigestMap();
    map.set(digestOf(1), 0);
    expect(map.get(digestOf(1))).toBe(0);
    map.set(digestOf(1), 7);
    expect([map.get(digestOf(1)), map.size]).toEqual([7, 1]);
  });
});
