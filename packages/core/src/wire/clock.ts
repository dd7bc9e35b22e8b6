import { SluiceError } from '../model/error.js';
import { onAbort } from './on-abort.js';

/** Time, as the engine sees it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`; rejects with `aborted` as soon as the signal fires, leaving no timer. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `onTime` after `ms`, unless what it returns is called before: that leaves no timer, and costs next to nothing. */
  after(ms: number, onTime: () => void): () => void;
}

/** setTimeout counts in 32 bits: a longer wait fires at once. */
const longestTimer = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal));
      const forget = onAbort(signal, () => {
        clearTimeout(timer);
        reject(abortError(signal));
      });
      const timer = setTimeout(
        () => {
          forget();
          resolve();
        },
        Math.min(Math.max(0, ms), longestTimer),
      );
    }),
  after: (ms, onTime) => {
    const timer = setTimeout(onTime, Math.min(Math.max(0, ms), longestTimer));
    return () => clearTimeout(timer);
  },
};

/** The error for a signal that fired: its own reason where that is one of ours. */
export function abortError(signal: Pick<AbortSignal, 'reason'> | undefined): SluiceError {
  const reason: unknown = signal?.reason;
  if (SluiceError.is(reason)) return reason;
  return new SluiceError({ code: 'aborted', message: 'aborted by the caller', cause: reason });
}
