import { systemClock } from '../../wire/clock.js';

/** Spreads bytes so that no more than `bytesPerSecond` move; without it, lets them go. */
export function createPace(bytesPerSecond: number | undefined, signal: AbortSignal): (bytes: number) => Promise<void> {
  if (bytesPerSecond === undefined) return async () => undefined;
  let freeAt = systemClock.now();
  return async (bytes) => {
    const now = systemClock.now();
    freeAt = Math.max(freeAt, now) + (bytes / bytesPerSecond) * 1_000;
    if (freeAt > now) await systemClock.sleep(freeAt - now, signal);
  };
}
