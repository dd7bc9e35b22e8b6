import { systemClock } from '../../wire/clock.js';

/** Keeps bytes to a ceiling. */
export interface Pace {
  /** No more than this is sent at once: who waits for a turn must not wait for long. Bytes. */
  readonly piece: number;
  /** So many bytes were sent: resolves when the next may be, or is none where they may be at once. Rejects with the signal's error. */
  keep(bytes: number, signal: AbortSignal): Promise<void> | undefined;
}

/** So many pieces a second: the more, the shorter everybody's turn. */
const piecesPerSecond = 8;
const leastPiece = 1_024;

/** Spreads the bytes of all who share it, so that no more than `bytesPerSecond` move; without it, lets them go. */
export function createPace(bytesPerSecond: number | undefined): Pace {
  if (bytesPerSecond === undefined) return { piece: Number.POSITIVE_INFINITY, keep: () => undefined };
  let freeAt = systemClock.now();
  return {
    piece: Math.max(leastPiece, Math.floor(bytesPerSecond / piecesPerSecond)),
    keep: (bytes, signal) => {
      const now = systemClock.now();
      freeAt = Math.max(freeAt, now) + (bytes / bytesPerSecond) * 1_000;
      return freeAt > now ? systemClock.sleep(freeAt - now, signal) : undefined;
    },
  };
}
