import type { Clock } from './clock.js';
import { abortError } from './clock.js';
import { onAbort } from './on-abort.js';
import { Stop, type StopSignal } from './stop.js';

/** Bounds of one attempt. */
export interface AttemptOptions {
  timeoutMs: number;
  signal: StopSignal;
  clock: Clock;
  /** The error for running out of time. */
  timeoutError(): Error;
}

/**
 * Runs `work` under a stop that comes at the time-out or with the caller's signal, whichever is first, and rejects with
 * the error of that cause at once, also when `work` is slow to obey. Leaves no timer and no listener.
 */
export async function timed<T>(work: (attempt: Stop) => Promise<T>, options: AttemptOptions): Promise<T> {
  const { signal, clock } = options;
  if (signal.aborted) throw abortError(signal);
  const attempt = new Stop();
  let forget = () => {};
  let callOff = () => {};
  const cut = new Promise<never>((_resolve, reject) => {
    const end = (reason: Error) => {
      attempt.abort(reason);
      reject(reason);
    };
    forget = onAbort(signal, () => end(abortError(signal)));
    callOff = clock.after(options.timeoutMs, () => end(options.timeoutError()));
  });
  try {
    return await Promise.race([work(attempt), cut]);
  } catch (error) {
    throw attempt.aborted ? attempt.reason : error;
  } finally {
    callOff();
    forget();
  }
}
