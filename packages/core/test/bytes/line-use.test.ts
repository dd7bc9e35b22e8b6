import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LineUse } from '../../src/platform/node-bytes/line-use.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Somebody reads for so long, then nobody does. Milliseconds. */
function pass(use: LineUse, { reading, waiting }: { reading: number; waiting: number }): void {
  use.note(true);
  vi.advanceTimersByTime(reading);
  use.note(false);
  vi.advanceTimersByTime(waiting);
  use.note(false);
}

it('has room after a moment in which nobody reads', () => {
  const use = new LineUse();
  use.note(false);
  expect(use.hasRoomIn).toBe(3);
  vi.advanceTimersByTime(3);
  use.note(false);
  expect(use.hasRoomIn).toBe(0);
  expect(use.isFull).toBe(false);
});

it('has room where many waits are short, and make most of the time together', () => {
  const use = new LineUse();
  for (let at = 0; at < 20; at += 1) pass(use, { reading: 1, waiting: 2 });
  expect(use.hasRoomIn).toBe(0);
});

it('is full while reading takes most of the time, however often it is waited in between', () => {
  const use = new LineUse();
  for (let at = 0; at < 20; at += 1) pass(use, { reading: 4, waiting: 1 });
  expect(use.isFull).toBe(true);
  expect(use.hasRoomIn).toBeGreaterThan(0);
});

it('notices that a line has become slow', () => {
  const use = new LineUse();
  for (let at = 0; at < 1_000; at += 1) pass(use, { reading: 4, waiting: 1 });
  for (let at = 0; at < 40; at += 1) pass(use, { reading: 1, waiting: 4 });
  expect(use.isFull).toBe(false);
  expect(use.hasRoomIn).toBe(0);
});

it('knows nothing of the time before another number of lanes', () => {
  const use = new LineUse();
  pass(use, { reading: 1, waiting: 50 });
  use.reset();
  expect(use.hasRoomIn).toBe(3);
});
