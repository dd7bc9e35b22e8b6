import { setImmediate as turn } from 'node:timers/promises';
import { Sleepers } from '../../src/testing/sleepers.js';
import { abortError, type Clock } from '../../src/wire/clock.js';

/** Turns of the event loop in which everything that needs no time has been done. */
const quietTurns = 3;

/** Time that a test moves by hand. */
export class ManualClock implements Clock {
  readonly #sleepers = new Sleepers();
  #now = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#sleepers.until(this.#now + Math.max(0, ms), signal);
  }

  after(ms: number, onTime: () => void): () => void {
    return this.#sleepers.at(this.#now + Math.max(0, ms), onTime);
  }

  /** How many are asleep: timers, on a real clock. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Moves the time without waking anybody, as the suspension of a machine does. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass, waking everybody at their moment. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await quiet();
    for (let at = this.#sleepers.first()?.at; at !== undefined && at <= until; at = this.#sleepers.first()?.at) {
      await this.#wakeFirst();
    }
    this.#now = until;
  }

  /** Lets as much time pass as the promise takes, and settles as it does. */
  async run<T>(promise: Promise<T>, longestMs = 7 * 24 * 3_600_000): Promise<T> {
    let settled = false;
    const note = () => {
      settled = true;
    };
    promise.then(note, note);
    const giveUpAt = this.#now + longestMs;
    for (let idle = 0; ; ) {
      await quiet();
      if (settled) return promise;
      const next = this.#sleepers.first();
      idle = next === undefined ? idle + 1 : 0;
      if (idle > 1_000 || (next?.at ?? 0) > giveUpAt) throw new Error('it never settles');
      if (next !== undefined) await this.#wakeFirst();
    }
  }

  async #wakeFirst(): Promise<void> {
    const first = this.#sleepers.first();
    if (first === undefined) return;
    this.#now = Math.max(this.#now, first.at);
    this.#sleepers.wake(first);
    await quiet();
  }
}

/** Everything that needs no time is done. */
export async function quiet(): Promise<void> {
  for (let count = 0; count < quietTurns; count += 1) await turn();
}

/** For calls over real sockets: backoffs take no time, and time-outs never come. */
export const impatientClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const longestBackoffMs = 2_000;
      if (ms <= longestBackoffMs) resolve();
      signal?.addEventListener('abort', () => reject(abortError(signal)), { once: true });
    }),
  after: () => () => undefined,
};
