import { SluiceError, toSluiceError } from '../model/error.js';
import { isFinal, type JobRecord } from '../model/record.js';
import { slotsName } from '../store/contract.js';
import { onAbort } from '../wire/on-abort.js';
import { Stop } from '../wire/stop.js';
import { type Advanced, advance } from './advance.js';
import { Agenda } from './agenda.js';
import { Circuits, type OpenCircuit } from './circuits.js';
import { closedError } from './closed-error.js';
import { deferred } from './deferred.js';
import type { Engine } from './engine.js';
import { Holders } from './holders.js';
import { comesFirst, Lanes } from './lanes.js';
import { Shares } from './shares.js';
import { Timer } from './timer.js';
import { TransferQueue } from './transfer-queue.js';

/** A job that somebody in this process waits for. */
export interface Driven {
  readonly id: string;
  readonly provider: string;
  readonly lane: string;
  readonly priority: number;
  readonly createdAt: number;
  /** Tells apart which came first of those created in one millisecond. */
  readonly turn: number;
  /** When this process began to move it. */
  readonly addedAt: number;
  dueAt: number;
  /** When it is given up, whatever keeps it. */
  deadlineAt: number | undefined;
  /** The limits kept it from starting: it stands in its lane's queue, or was let out of it to try again. */
  early: boolean;
  users: number;
  moving: boolean;
  /** Of its entry in the agenda: entries of older versions are stale. */
  version: number;
  stop: Stop;
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
  readonly #agenda = new Agenda();
  readonly #lanes: Lanes;
  readonly #circuits: Circuits<Driven>;
  readonly #shares: Shares;
  readonly #transfers: TransferQueue;
  readonly #timer: Timer;
  /** The steps on their way, each with what stops it. */
  readonly #steps = new Map<Promise<unknown>, Stop>();
  #moving = 0;
  #added = 0;
  #closed = false;

  constructor(engine: Engine, concurrency: number) {
    this.#engine = engine;
    this.#concurrency = concurrency;
    this.#timer = new Timer(engine.clock);
    const holders = new Holders(engine, async (id) => this.#driven.has(id) || this.step(id, { early: false }));
    const letTry = (job: Driven) => this.#schedule(job, engine.clock.now(), true);
    this.#lanes = new Lanes(engine.clock, letTry, (lane) => holders.lookAt(lane));
    this.#circuits = new Circuits(engine.clock, (job) => this.#schedule(job, this.#engine.clock.now(), job.early));
    this.#shares = new Shares(concurrency, comesFirst);
    this.#transfers = new TransferQueue(engine.transfers, letTry);
    engine.onRoomMade((lane, what) => this.#lanes.wake(lane, what));
  }

  /** @throws SluiceError `aborted` after {@link Driver.close} */
  assertOpen(): void {
    if (this.#closed) throw closedError();
  }

  /**
   * Carries a job on until `release` is called as often as `drive`, or the job ends.
   * @returns `stepped`, which resolves after the job's next step, and `release`
   */
  drive(record: JobRecord): { stepped: Promise<void>; release: () => void } {
    this.assertOpen();
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

  /** The providers that do not answer: of their jobs, one is moved now and then. */
  openCircuits(): OpenCircuit[] {
    return this.#circuits.open();
  }

  /** Takes one step now, with `early` also before it is due, beside whatever is driven. */
  async step(id: string, options: { early: boolean; signal?: AbortSignal }): Promise<Advanced> {
    this.assertOpen();
    const { early, signal } = options;
    const stop = new Stop();
    const forget = onAbort(signal, () => stop.abort(signal?.reason));
    try {
      const advanced = await this.#track(advance(this.#engine, id, { signal: stop, early }), stop);
      const job = this.#driven.get(id);
      if (job !== undefined && !job.moving) this.#settle(job, advanced);
      return advanced;
    } finally {
      forget();
    }
  }

  /** Stops all steps; resolves when they have ended. Whoever waits for a job is told. */
  async close(): Promise<void> {
    this.#closed = true;
    // First, so that nobody is let in by those who leave.
    this.#lanes.close();
    this.#circuits.end();
    this.#transfers.close();
    for (const job of [...this.#driven.values()]) this.#remove(job);
    for (const stop of this.#steps.values()) stop.abort(closedError());
    this.#timer.clear();
    this.#engine.bus.tellAll({ kind: 'closed', error: closedError() });
    await Promise.allSettled([...this.#steps.keys()]);
  }

  #track<T>(step: Promise<T>, stop: Stop): Promise<T> {
    this.#steps.set(step, stop);
    const forget = () => void this.#steps.delete(step);
    step.then(forget, forget);
    return step;
  }

  #add(record: JobRecord): Driven {
    const lane = slotsName(record.provider, record.lane);
    const { id, provider, priority, createdAt } = record;
    this.#added += 1;
    const job: Driven = {
      id,
      provider,
      lane,
      priority,
      createdAt,
      turn: this.#added,
      addedAt: this.#engine.clock.now(),
      dueAt: record.dueAt ?? createdAt,
      deadlineAt: record.deadlineAt,
      early: false,
      users: 0,
      moving: false,
      version: 0,
      stop: new Stop(),
      firstStep: deferred(),
    };
    this.#driven.set(id, job);
    this.#shares.add(job);
    const unstarted = record.ref === undefined && record.intent === undefined && !isFinal(record.state);
    // Nobody overtakes those that wait already.
    if (unstarted && this.#lanes.isWaiting(lane)) {
      this.#lanes.join(job);
      job.firstStep.resolve();
    } else {
      this.#schedule(job, job.dueAt, false);
    }
    return job;
  }

  #remove(job: Driven): void {
    if (this.#driven.get(job.id) !== job) return;
    this.#driven.delete(job.id);
    this.#shares.remove(job);
    this.#agenda.leaveOut(job);
    job.firstStep.resolve();
    // While it moves it may be the one that tries: the next one is let in when its step has ended.
    if (job.moving) job.stop.abort(unwanted);
    else this.#letGo(job);
    this.#setTimer();
  }

  /** Nobody who waits behind the job need wait for it any more. */
  #letGo(job: Driven): void {
    this.#lanes.leave(job);
    this.#circuits.leave(job);
    this.#transfers.leave(job);
  }

  #schedule(job: Driven, at: number, early: boolean): void {
    if (this.#driven.get(job.id) !== job || job.moving || this.#closed) return;
    job.early = early;
    job.dueAt = at;
    this.#agenda.put(job, at);
    this.#pump();
  }

  /** Starts what is due, as far as there is room, and sets the timer for the rest. */
  #pump(): void {
    const now = this.#engine.clock.now();
    while (this.#moving < this.#concurrency) {
      const next = this.#agenda.takeDue(now);
      if (next === undefined) break;
      if (this.#circuits.keeps(next)) this.#wakeAtDeadline(next);
      else if (!this.#shares.keeps(next)) this.#move(next);
    }
    this.#setTimer();
  }

  /** Whatever keeps a job, it ends at its deadline. */
  #wakeAtDeadline(job: Driven): void {
    if (job.deadlineAt !== undefined) this.#agenda.put(job, job.deadlineAt);
  }

  #setTimer(): void {
    const next = this.#agenda.firstAt();
    if (next === undefined || this.#moving >= this.#concurrency) this.#timer.clear();
    else this.#timer.set(next, () => this.#pump());
  }

  #move(job: Driven): void {
    job.moving = true;
    this.#moving += 1;
    this.#shares.begins(job);
    const step = this.#advance(job).then((advanced) => {
      job.moving = false;
      this.#moving -= 1;
      const waiting = this.#shares.ends(job);
      if (waiting !== undefined) this.#schedule(waiting, waiting.dueAt, waiting.early);
      this.#circuits.settled(job, advanced);
      if (this.#driven.get(job.id) === job) this.#settle(job, advanced);
      else this.#letGo(job);
      this.#pump();
    });
    void this.#track(step, job.stop);
  }

  async #advance(job: Driven): Promise<Advanced> {
    const { clock, byteInputs } = this.#engine;
    // A process that cannot read its bytes may have put it off.
    const early = job.early || byteInputs.has(job.id);
    try {
      const onAdmitted = () => this.#lanes.leave(job);
      const onTransfer = () => this.#transfers.leave(job);
      return await advance(this.#engine, job.id, { signal: job.stop, early, onAdmitted, onTransfer });
    } catch (thrown) {
      const error = toSluiceError(thrown, 'unavailable');
      // Lost to another process, or stopped: whoever waits sees the record that comes of it.
      if (error.code === 'aborted') return { next: 'held' };
      return { next: 'stuck', at: clock.now() + watchOthersMs * 10, error };
    }
  }

  #settle(job: Driven, advanced: Advanced): void {
    const { bus } = this.#engine;
    if ('record' in advanced) job.deadlineAt = advanced.record.deadlineAt;
    if (advanced.next === 'full') this.#lanes.add(job, advanced);
    else this.#lanes.leave(job);
    // Its step is still to come: whoever waits for one goes on waiting.
    if (advanced.next === 'busy') this.#transfers.add(job);
    if (advanced.next === 'busy') return;
    this.#transfers.leave(job);
    if (advanced.next === 'final') this.#remove(job);
    if (advanced.next === 'stuck') bus.tell(job.id, { kind: 'stuck', error: advanced.error });
    const { resolve } = job.firstStep;
    job.firstStep = deferred();
    resolve();
    if (advanced.next === 'held') this.#watchOther(job);
    if (advanced.next === 'final' || advanced.next === 'full' || advanced.next === 'held') return;
    // Whoever waited for this step alone lets go first: a next one that is due already would be begun only to be stopped.
    queueMicrotask(() => this.#schedule(job, advanced.at, false));
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

/** Made once: every job that ends well is stopped with it too, and a new error a job would be paid for its stack. */
const unwanted = new SluiceError({ code: 'aborted', message: 'nobody waits for this job any more' });
