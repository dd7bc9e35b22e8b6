import { setImmediate as turn } from 'node:timers/promises';
import { abortError, type Clock } from '../../src/wire/clock.js';

interface Sleeper {
  at: number;
  wake: () => void;
}

/** Turns of the event loop in which everything that needs no time has been done. */
const quietTurns = 3;

/** Time that a test moves by hand. */
export class ManualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #now = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal));
      const leave = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = () => {
        leave();
        reject(abortError(signal));
      };
      const wake = () => {
        leave();
        resolve();
      };
      const sleeper = { at: this.#now + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  after(ms: number, onTime: () => void): () => void {
    const wake = () => {
      this.#sleepers.delete(sleeper);
      onTime();
    };
    const sleeper = { at: this.#now + Math.max(0, ms), wake };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
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
    for (let next = this.#first(); next !== undefined && next.at <= until; next = this.#first()) await this.#wake(next);
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
      const next = this.#first();
      idle = next === undefined ? idle + 1 : 0;
      if (idle > 1_000 || (next?.at ?? 0) > giveUpAt) throw new Error('it never settles');
      if (next !== undefined) await this.#wake(next);
    }
  }

  #first(): Sleeper | undefined {
    return [...this.#sleepers].reduce<Sleeper | undefined>(
      (first, one) => (first === undefined || one.at < first.at ? one : first),
      undefined,
    );
  }

  async #wake(sleeper: Sleeper): Promise<void> {
    this.#now = Math.max(this.#now, sleeper.at);
    sleeper.wake();
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
