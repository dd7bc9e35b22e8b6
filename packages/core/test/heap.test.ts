import { describe, expect, it } from 'vitest';
import { Heap } from '../src/store/heap.js';

interface Item {
  value: number;
  heapIndex: number;
}

const newHeap = () =>
  new Heap<Item>(
    (a, b) => a.value < b.value,
    (item, index) => {
      item.heapIndex = index;
    },
  );
const makeItem = (value: number): Item => ({ value, heapIndex: -1 });
/** The same numbers in every run. */
const numbers = Array.from({ length: 500 }, (_, index) => (index * 7_919) % 997);

describe('a heap', () => {
  it('gives its items in order', () => {
    const heap = newHeap();
    for (const value of numbers) heap.add(makeItem(value));
    const taken: number[] = [];
    for (let item = heap.first; item !== undefined; item = heap.first) {
      heap.pop();
      taken.push(item.value);
    }
    expect(taken).toEqual(numbers.toSorted((a, b) => a - b));
    expect(heap.size).toBe(0);
  });

  it('stays in order when items are taken out of its middle', () => {
    const heap = newHeap();
    const items = numbers.map(makeItem);
    for (const item of items) heap.add(item);
    const left = items.filter((item, index) => {
      if (index % 3 !== 0) return true;
      heap.removeAt(item.heapIndex);
      expect(item.heapIndex).toBe(-1);
      return false;
    });
    for (const item of items.slice(0, 30).filter(({ heapIndex }) => heapIndex === -1)) {
      heap.add(item);
      left.push(item);
    }
    const expected = left.map(({ value }) => value).toSorted((a, b) => a - b);
    expect(heap.smallest(5).map(({ value }) => value)).toEqual(expected.slice(0, 5));
    for (const value of expected) {
      expect(heap.first?.value).toBe(value);
      heap.pop();
    }
  });
});
