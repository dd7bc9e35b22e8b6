import { SluiceError } from '../model/error.js';
import type { CallEffect } from '../model/http.js';
import type { Clock } from './clock.js';
import { platformSignal, type StopSignal } from './stop.js';

/** When the wire itself may repeat a call. Whatever takes longer becomes the record's due time. */
const limits = { attempts: 3, waitMs: 2_000, firstDelayMs: 250 };

/** What {@link retrying} needs to know of a call. */
export interface RetryOptions {
  effect: CallEffect;
  clock: Clock;
  signal: StopSignal;
  /** Asked before a repeated attempt: it counts in the provider's windows like any other. */
  admit(): Promise<boolean>;
}

/** Makes attempts until one succeeds, fails for good, or the next one would have to wait for long. */
export async function retrying<T>(attempt: (number: number) => Promise<T>, options: RetryOptions): Promise<T> {
  let waitedMs = 0;
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number);
    } catch (error) {
      if (!SluiceError.is(error) || number >= limits.attempts || !mayRepeat(error, options.effect)) throw error;
      // Told "at once" by one who just refused, it would be three calls in no time.
      const delayMs = error.retryAfterMs || Math.random() * limits.firstDelayMs * 2 ** number;
      waitedMs += delayMs;
      if (waitedMs > limits.waitMs) throw error;
      await options.clock.sleep(delayMs, platformSignal(options.signal));
      if (!(await options.admit())) throw error;
    }
  }
}

function mayRepeat(error: SluiceError, effect: CallEffect): boolean {
  if (effect === 'once' && error.ambiguous === true) return false;
  // Without a time from the provider it is a limit on jobs, not on calls: only an ending job helps.
  if (error.code === 'rate-limited') return error.retryAfterMs !== undefined;
  return error.code === 'unavailable' && error.retry === 'later';
}
