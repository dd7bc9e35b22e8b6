import { abortError } from './clock.js';
import { onAbort } from './on-abort.js';
import type { StopSignal } from './stop.js';

/** What comes of work that stops with the signal: whatever breaks from then on was broken by that, and says nothing of itself. */
export async function asStopped<T>(signal: StopSignal, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw signal.aborted ? abortError(signal) : error;
  }
}

/** The same for work that may not obey: it is waited for until the signal fires, and no longer. */
export async function untilStopped<T>(signal: StopSignal, work: Promise<T>): Promise<T> {
  let forget = () => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    forget = onAbort(signal, () => reject(abortError(signal)));
  });
  try {
    return await asStopped(signal, Promise.race([work, stopped]));
  } finally {
    forget();
  }
}
