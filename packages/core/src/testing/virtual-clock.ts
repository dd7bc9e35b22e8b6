import type { Clock } from '../wire/clock.js';
import { Sleepers } from './sleepers.js';

/** As it was when this was loaded: tests put others in its place. */
const { setTimeout: nextTurn } = globalThis;

/** Turns of the event loop without anything new before time passes: answers without a network need none. */
const idleTurns = 3;

/**
 * Time that passes only while everybody sleeps: when nothing else is left to do, it jumps to whoever wakes first, so hours take
 * no time. For code whose other waiting is done without a network, such as over {@link scriptedHttp}.
 */
export class VirtualClock implements Clock {
  readonly #sleepers = new Sleepers();
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
    const slept = this.#sleepers.until(this.#now + Math.max(0, ms), signal);
    this.#waitForIdleness();
    return slept;
  }

  after(ms: number, onTime: () => void): () => void {
    const callOff = this.#sleepers.at(this.#now + Math.max(0, ms), onTime);
    this.#waitForIdleness();
    return callOff;
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
    const first = this.#sleepers.first();
    if (first === undefined) return;
    this.#now = Math.max(this.#now, first.at);
    this.#sleepers.wake(first);
    this.#waitForIdleness();
  }
}
