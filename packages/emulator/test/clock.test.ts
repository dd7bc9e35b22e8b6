import { describe, expect, it } from 'vitest';
import { HurriedClock } from '../src/clock/clock.js';

const HOUR_MS = 3_600_000;

describe('the providers’ clock', () => {
  it('starts with the real time and runs as fast as it is told', async () => {
    const clock = new HurriedClock(HOUR_MS);
    expect(clock.now()).toBeGreaterThanOrEqual(Date.now() - 1000);
    const before = clock.now();
    await clock.sleep(24 * HOUR_MS, new AbortController().signal);
    expect(clock.now() - before).toBeGreaterThanOrEqual(24 * HOUR_MS);
    expect(clock.realMs(HOUR_MS)).toBe(1);
  });

  it('jumps ahead, over timers too, and never back', async () => {
    const clock = new HurriedClock(1);
    const fired: string[] = [];
    clock.after(365 * 24 * HOUR_MS, () => fired.push('in a year'));
    clock.after(HOUR_MS, () => fired.push('in an hour'));
    const callOff = clock.after(HOUR_MS, () => fired.push('called off'));
    callOff();
    clock.advance(HOUR_MS);
    await expect.poll(() => fired).toEqual(['in an hour']);
    clock.advance(365 * 24 * HOUR_MS);
    await expect.poll(() => fired).toEqual(['in an hour', 'in a year']);
    expect(() => clock.advance(-1)).toThrow(RangeError);
  });

  it('ends a sleep when it is aborted', async () => {
    const clock = new HurriedClock(1);
    const controller = new AbortController();
    const sleep = clock.sleep(HOUR_MS, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(clock.sleep(HOUR_MS, controller.signal)).rejects.toThrow('enough');
  });

  it('fires nothing once it is closed', async () => {
    const clock = new HurriedClock(1);
    const fired: string[] = [];
    clock.after(1, () => fired.push('before'));
    clock.close();
    clock.after(0, () => fired.push('after'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fired).toEqual([]);
  });
});
