import { abortError, type Clock } from '../wire/clock.js';

interface Sleeper {
  at: number;
  wake: () => void;
}

/** As it was when this was loaded: tests put others in its place. */
const { setTimeout: nextTurn } = globalThis;

/** Turns of the event loop without anything new before time passes: answers without a network need none. */
const idleTurns = 3;

/**
 * Time that passes only while everybody sleeps: when nothing else is left to do, it jumps to whoever wakes first, so hours take
 * no time. For code whose other waiting is done without a network, such as over {@link scriptedHttp}.
 */
export class VirtualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #now: number;
  #turnsLeft = 0;

  /** @param start epoch milliseconds */
  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

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
      this.#waitForIdleness();
    });
  }

  after(ms: number, onTime: () => void): () => void {
    const sleeper = {
      at: this.#now + Math.max(0, ms),
      wake: () => {
        this.#sleepers.delete(sleeper);
        onTime();
      },
    };
    this.#sleepers.add(sleeper);
    this.#waitForIdleness();
    return () => this.#sleepers.delete(sleeper);
  }

  #waitForIdleness(): void {
    const counting = this.#turnsLeft > 0;
    this.#turnsLeft = idleTurns;
    if (!counting) nextTurn(() => this.#turn(), 0);
  }

  #turn(): void {
    this.#turnsLeft -= 1;
    if (this.#turnsLeft > 0) nextTurn(() => this.#turn(), 0);
    else this.#wakeFirst();
  }

  #wakeFirst(): void {
    const [first] = [...this.#sleepers].sort((a, b) => a.at - b.at);
    if (first === undefined) return;
    this.#now = Math.max(this.#now, first.at);
    first.wake();
    this.#waitForIdleness();
  }
}
