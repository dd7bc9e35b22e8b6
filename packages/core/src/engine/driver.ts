import { toSluiceError } from '../model/error.js';
import { isFinal, type JobRecord } from '../model/record.js';
import { slotsName } from '../store/contract.js';
import { type Advanced, advance } from './advance.js';
import type { Engine } from './engine.js';
import { Heap } from './heap.js';
import { Lanes } from './lanes.js';
import { Timer } from './timer.js';

/** A job that somebody in this process waits for. */
export interface Driven {
  readonly id: string;
  readonly lane: string;
  readonly priority: number;
  readonly createdAt: number;
  dueAt: number;
  /** The limits kept it from starting: it stands in its lane's queue, or was let out of it to try again. */
  early: boolean;
  users: number;
  moving: boolean;
  /** Where it stands in the heap of due times, if it does: entries of older versions are stale. */
  version: number;
  stop: AbortController;
  /** Resolves when the next step has ended. */
  firstStep: { promise: Promise<void>; resolve: () => void };
}

/** How soon to look at a record that another process moves, in milliseconds. */
const watchOthersMs = 500;

/**
 * Moves the jobs that handles in this process wait for: each when it is due, so many at a time, those that wait for a lane's
 * limits in that lane's order. A timer and the memory of what is waited for is all it takes.
 */
export class Driver {
  readonly #engine: Engine;
  readonly #concurrency: number;
  readonly #driven = new Map<string, Driven>();
  readonly #due = new Heap<{ job: Driven; version: number; at: number }>((a, b) => isBefore(a, b));
  readonly #lanes: Lanes;
  readonly #timer: Timer;
  readonly #steps = new Set<Promise<void>>();
  #moving = 0;

  constructor(engine: Engine, concurrency: number) {
    this.#engine = engine;
    this.#concurrency = concurrency;
    this.#timer = new Timer(engine.clock);
    this.#lanes = new Lanes(engine.clock, (job) => this.#schedule(job, this.#engine.clock.now(), true));
    engine.slotFreed = (slots) => this.#lanes.wake(slots);
  }

  /**
   * Carries a job on until `release` is called as often as `drive`, or the job ends.
   * @returns `stepped`, which resolves after the job's next step, and `release`
   */
  drive(record: JobRecord): { stepped: Promise<void>; release: () => void } {
    const job = this.#driven.get(record.id) ?? this.#add(record);
    job.users += 1;
    let released = false;
    return {
      stepped: job.firstStep.promise,
      release: () => {
        if (released) return;
        released = true;
        job.users -= 1;
        if (job.users === 0) this.#remove(job);
      },
    };
  }

  /** Takes one step now, due or not, beside whatever is driven. */
  async step(id: string, signal: AbortSignal): Promise<Advanced> {
    const advanced = await advance(this.#engine, id, { signal, early: true });
    const job = this.#driven.get(id);
    if (job !== undefined && !job.moving) this.#settle(job, advanced);
    return advanced;
  }

  /** Stops all steps; resolves when they have ended. */
  async close(): Promise<void> {
    for (const job of [...this.#driven.values()]) this.#remove(job);
    this.#timer.clear();
    this.#lanes.close();
    await Promise.allSettled([...this.#steps]);
  }

  #add(record: JobRecord): Driven {
    const lane = slotsName(record.provider, record.lane);
    const { id, priority, createdAt } = record;
    const job: Driven = {
      ...{ id, lane, priority, createdAt },
      dueAt: record.dueAt ?? createdAt,
      early: false,
      users: 0,
      moving: false,
      version: 0,
      stop: new AbortController(),
      firstStep: deferred(),
    };
    this.#driven.set(id, job);
    const unstarted = record.ref === undefined && record.intent === undefined && !isFinal(record.state);
    // Nobody overtakes those that wait already.
    if (unstarted && this.#lanes.isWaiting(lane)) {
      this.#lanes.add(job);
      job.firstStep.resolve();
    } else {
      this.#schedule(job, job.dueAt, false);
    }
    return job;
  }

  #remove(job: Driven): void {
    if (this.#driven.get(job.id) === job) this.#driven.delete(job.id);
    job.version += 1;
    job.firstStep.resolve();
    this.#lanes.remove(job);
    job.stop.abort();
    this.#setTimer();
  }

  #schedule(job: Driven, at: number, early: boolean): void {
    if (this.#driven.get(job.id) !== job || job.moving) return;
    job.version += 1;
    job.early = early;
    job.dueAt = at;
    this.#due.push({ job, version: job.version, at });
    this.#pump();
  }

  /** Starts what is due, as far as there is room, and sets the timer for the rest. */
  #pump(): void {
    const now = this.#engine.clock.now();
    while (this.#moving < this.#concurrency) {
      this.#dropStale();
      const next = this.#due.peek();
      if (next === undefined || next.at > now) break;
      this.#due.pop();
      this.#move(next.job);
    }
    this.#setTimer();
  }

  #setTimer(): void {
    this.#dropStale();
    const next = this.#due.peek();
    if (next === undefined || this.#moving >= this.#concurrency) this.#timer.clear();
    else this.#timer.set(next.at, () => this.#pump());
  }

  #dropStale(): void {
    for (let top = this.#due.peek(); top !== undefined && top.version !== top.job.version; top = this.#due.peek()) {
      this.#due.pop();
    }
  }

  #move(job: Driven): void {
    job.moving = true;
    this.#moving += 1;
    const step = this.#advance(job).then((advanced) => {
      job.moving = false;
      this.#moving -= 1;
      this.#steps.delete(step);
      if (this.#driven.get(job.id) === job) this.#settle(job, advanced);
      else this.#lanes.passed(job);
      this.#pump();
    });
    this.#steps.add(step);
  }

  async #advance(job: Driven): Promise<Advanced> {
    const { clock } = this.#engine;
    try {
      const onAdmitted = () => this.#lanes.passed(job);
      return await advance(this.#engine, job.id, { signal: job.stop.signal, early: job.early, onAdmitted });
    } catch (thrown) {
      const error = toSluiceError(thrown, 'unavailable');
      // Lost to another process, or stopped: whoever waits sees the record that comes of it.
      if (error.code === 'aborted') return { next: 'held' };
      return { next: 'stuck', at: clock.now() + watchOthersMs * 10, error };
    }
  }

  #settle(job: Driven, advanced: Advanced): void {
    const { bus } = this.#engine;
    if (advanced.next === 'full') this.#lanes.add(job, advanced.until);
    else this.#lanes.passed(job);
    if (advanced.next === 'final') this.#remove(job);
    if (advanced.next === 'stuck') bus.tell(job.id, { kind: 'stuck', error: advanced.error });
    if (advanced.next === 'due' || advanced.next === 'stuck') this.#schedule(job, advanced.at, false);
    if (advanced.next === 'held') this.#watchOther(job);
    const { resolve } = job.firstStep;
    job.firstStep = deferred();
    resolve();
  }

  /** Another process has it, or it is not due: read what became of it. */
  #watchOther(job: Driven): void {
    const { clock, store, bus } = this.#engine;
    store.read(job.id).then(
      (record) => {
        if (record === undefined || this.#driven.get(job.id) !== job) return;
        bus.tell(job.id, { kind: 'record', record });
        if (isFinal(record.state)) return this.#remove(job);
        const soon = clock.now() + watchOthersMs;
        this.#schedule(job, Math.max(soon, Math.min(record.dueAt ?? soon, soon + watchOthersMs)), false);
      },
      () => this.#schedule(job, clock.now() + watchOthersMs, false),
    );
  }
}

function isBefore(a: { job: Driven; at: number }, b: { job: Driven; at: number }): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.job.priority !== b.job.priority) return a.job.priority > b.job.priority;
  return a.job.createdAt < b.job.createdAt;
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
