import { Heap } from '../store/heap.js';
import type { Clock } from '../wire/clock.js';
import type { Driven } from './driver.js';
import { Timer } from './timer.js';

/** How soon to try a full lane again, in milliseconds, when other processes may free it unseen. */
const pollMs = { first: 100, longest: 2_000, factor: 1.5 };

/** How long nobody gets in before those who hold the slots are looked at: at first, and again. Milliseconds. */
const holdersMs = { first: 2_000, again: 5_000 };

interface Lane {
  /** Who waits. In the heap, entries of others are stale. */
  members: Set<Driven>;
  waiting: Heap<Driven>;
  /** The one that was let out to try; the next one follows when it got in. */
  trying: Driven | undefined;
  /** What it was full of at the last try. */
  full: 'slot' | 'window';
  /** Room was made while one was trying: its no may be out of date. */
  roomMade: boolean;
  pollMs: number;
  /** When to look at those who hold its slots, if nobody got in until then. Epoch milliseconds. */
  holdersAt: number;
  timer: Timer;
}

/** Who goes first: the higher priority, then the older. */
export function comesFirst(a: Driven, b: Driven): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.createdAt === b.createdAt ? a.turn < b.turn : a.createdAt < b.createdAt;
}

/**
 * The jobs of this process that wait for a lane's limits, in the order of priority and age. Only the first of a lane tries;
 * when it got in, the next one does: so a thousand that wait cost no more than one.
 */
export class Lanes {
  readonly #clock: Clock;
  readonly #lanes = new Map<string, Lane>();
  readonly #letTry: (job: Driven) => void;
  readonly #lookAtHolders: (lane: string) => void;

  constructor(clock: Clock, letTry: (job: Driven) => void, lookAtHolders: (lane: string) => void) {
    this.#clock = clock;
    this.#letTry = letTry;
    this.#lookAtHolders = lookAtHolders;
  }

  /** True when others wait in the lane: a newcomer stands behind them. */
  isWaiting(name: string): boolean {
    const lane = this.#lanes.get(name);
    return lane !== undefined && (lane.trying !== undefined || lane.members.size > 0);
  }

  /** The job stands behind those who wait. */
  join(job: Driven): void {
    const lane = this.#lane(job.lane);
    // Whatever time it was due at counts no more.
    job.version += 1;
    if (!lane.members.has(job)) lane.waiting.add(job);
    lane.members.add(job);
  }

  /** The job cannot start now; `until` when it can, where that is known. */
  add(job: Driven, full: { what: 'slot' | 'window'; until?: number }): void {
    this.join(job);
    const lane = this.#lane(job.lane);
    const { what, until } = full;
    lane.full = what;
    const tried = lane.trying === job;
    if (tried) lane.trying = undefined;
    if (lane.trying !== undefined) return;
    if (tried && lane.roomMade) {
      this.#tryNext(job.lane);
      return;
    }
    if (tried) lane.pollMs = Math.min(pollMs.longest, lane.pollMs * pollMs.factor);
    const now = this.#clock.now();
    if (what === 'slot' && now >= lane.holdersAt) {
      lane.holdersAt = now + holdersMs.again;
      this.#lookAtHolders(job.lane);
    }
    const at = until === undefined ? now + lane.pollMs * (0.5 + Math.random() / 2) : Math.max(until, now + 1);
    lane.timer.setEarlier(at, () => this.#tryNext(job.lane));
  }

  /** The job got in, ended, or is not waited for any more: the next one may try. */
  leave(job: Driven): void {
    const lane = this.#lanes.get(job.lane);
    if (lane === undefined) return;
    lane.members.delete(job);
    if (lane.trying === job) {
      lane.trying = undefined;
      lane.pollMs = pollMs.first;
      lane.holdersAt = this.#clock.now() + holdersMs.first;
      this.#tryNext(job.lane);
    } else if (lane.trying === undefined && lane.members.size === 0) {
      this.#tryNext(job.lane);
    }
  }

  /** There is room in the lane, or it is known now when there will be. */
  wake(name: string, what: 'slot' | 'window'): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined || (lane.trying === undefined && lane.full !== what)) return;
    lane.pollMs = pollMs.first;
    lane.roomMade = true;
    this.#tryNext(name);
  }

  close(): void {
    for (const lane of this.#lanes.values()) lane.timer.clear();
    this.#lanes.clear();
  }

  /** Lets the first one out; a lane in which nobody waits is forgotten, and its timer with it. */
  #tryNext(name: string): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined || lane.trying !== undefined) return;
    lane.timer.clear();
    lane.roomMade = false;
    for (let job = lane.waiting.pop(); job !== undefined; job = lane.waiting.pop()) {
      if (!lane.members.delete(job)) continue;
      lane.trying = job;
      this.#letTry(job);
      return;
    }
    this.#lanes.delete(name);
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane: Lane = {
      members: new Set(),
      waiting: new Heap(comesFirst),
      trying: undefined,
      full: 'slot',
      roomMade: false,
      pollMs: pollMs.first,
      holdersAt: this.#clock.now() + holdersMs.first,
      timer: new Timer(this.#clock),
    };
    this.#lanes.set(name, lane);
    return lane;
  }
}
