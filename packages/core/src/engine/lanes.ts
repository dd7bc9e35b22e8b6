import type { Clock } from '../wire/clock.js';
import type { Driven } from './driver.js';
import { Heap } from './heap.js';
import { Timer } from './timer.js';

/** How soon to try a full lane again, in milliseconds, when other processes may free it unseen. */
const pollMs = { first: 100, longest: 2_000, factor: 1.5 };

interface Lane {
  waiting: Heap<{ job: Driven; version: number }>;
  /** The one that was let out to try; the next one follows when it got in. */
  trying: Driven | undefined;
  /** A slot was freed while one was trying: its no may be out of date. */
  freed: boolean;
  pollMs: number;
  timer: Timer;
}

/**
 * The jobs of this process that wait for a lane's limits, in the order of priority and age. Only the first of a lane tries;
 * when it got in, the next one does: so a thousand that wait cost no more than one.
 */
export class Lanes {
  readonly #clock: Clock;
  readonly #lanes = new Map<string, Lane>();
  readonly #letTry: (job: Driven) => void;

  constructor(clock: Clock, letTry: (job: Driven) => void) {
    this.#clock = clock;
    this.#letTry = letTry;
  }

  /** True when others wait in the lane: a newcomer stands behind them. */
  isWaiting(name: string): boolean {
    const lane = this.#lanes.get(name);
    return lane !== undefined && (lane.trying !== undefined || lane.waiting.size > 0);
  }

  /** The job cannot start now; `until` when it can, where that is known. */
  add(job: Driven, until?: number): void {
    const lane = this.#lane(job.lane);
    job.version += 1;
    lane.waiting.push({ job, version: job.version });
    const tried = lane.trying === job;
    if (tried) lane.trying = undefined;
    if (lane.trying !== undefined) return;
    if (tried && lane.freed) return this.#tryNext(job.lane);
    if (tried) lane.pollMs = Math.min(pollMs.longest, lane.pollMs * pollMs.factor);
    const now = this.#clock.now();
    const at = until === undefined ? now + lane.pollMs * (0.5 + Math.random() / 2) : Math.max(until, now + 1);
    lane.timer.setEarlier(at, () => this.#tryNext(job.lane));
  }

  /** The job got in, ended, or left: the next one may try. */
  passed(job: Driven): void {
    const lane = this.#lanes.get(job.lane);
    if (lane === undefined || lane.trying !== job) return;
    lane.trying = undefined;
    lane.pollMs = pollMs.first;
    this.#tryNext(job.lane);
  }

  /** A slot of the lane was freed in this process. */
  wake(name: string): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return;
    lane.pollMs = pollMs.first;
    lane.freed = true;
    this.#tryNext(name);
  }

  /** Nobody waits for the job any more. */
  remove(job: Driven): void {
    if (!job.moving) this.passed(job);
  }

  close(): void {
    for (const lane of this.#lanes.values()) lane.timer.clear();
    this.#lanes.clear();
  }

  #tryNext(name: string): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined || lane.trying !== undefined) return;
    lane.timer.clear();
    lane.freed = false;
    for (let entry = lane.waiting.pop(); entry !== undefined; entry = lane.waiting.pop()) {
      if (entry.version !== entry.job.version) continue;
      lane.trying = entry.job;
      this.#letTry(entry.job);
      return;
    }
    this.#lanes.delete(name);
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const waiting = new Heap<{ job: Driven; version: number }>(({ job: a }, { job: b }) =>
      a.priority === b.priority ? a.createdAt < b.createdAt : a.priority > b.priority,
    );
    const lane: Lane = {
      waiting,
      trying: undefined,
      freed: false,
      pollMs: pollMs.first,
      timer: new Timer(this.#clock),
    };
    this.#lanes.set(name, lane);
    return lane;
  }
}
