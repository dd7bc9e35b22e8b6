import { Heap } from '../store/heap.js';
import type { Driven } from './driver.js';
import { comesFirst } from './lanes.js';
import type { Turnstile } from './turnstile.js';

/**
 * The jobs of this process whose bytes have to wait for others' to be through. They wait here and not half-way through a step, so that they take
 * no room from those that are to start or to be looked at, and hold up nobody in their lanes.
 */
export class TransferQueue {
  readonly #turnstile: Turnstile;
  readonly #letTry: (job: Driven) => void;
  readonly #members = new Set<Driven>();
  /** Entries that are no members are stale. */
  readonly #waiting = new Heap(comesFirst);
  /** The one that was let out, until its bytes move. */
  #trying: Driven | undefined;

  constructor(turnstile: Turnstile, letTry: (job: Driven) => void) {
    this.#turnstile = turnstile;
    this.#letTry = letTry;
    turnstile.onRoom(() => this.#tryNext());
  }

  /** The job's bytes have to wait. */
  add(job: Driven): void {
    if (this.#trying === job) this.#trying = undefined;
    if (!this.#members.has(job)) this.#waiting.add(job);
    this.#members.add(job);
    this.#tryNext();
  }

  /** The job's bytes move, or it is not waited for any more. */
  leave(job: Driven): void {
    this.#members.delete(job);
    if (this.#trying !== job) return;
    this.#trying = undefined;
    this.#tryNext();
  }

  /** Nobody is let out any more. */
  close(): void {
    this.#members.clear();
    this.#trying = undefined;
  }

  #tryNext(): void {
    if (this.#trying !== undefined) return;
    while (this.#turnstile.hasRoom) {
      const job = this.#waiting.pop();
      if (job === undefined) return;
      if (!this.#members.delete(job)) continue;
      this.#trying = job;
      this.#letTry(job);
      return;
    }
  }
}
