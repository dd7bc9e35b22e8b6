import { SluiceError } from '../model/error.js';
import type { ImportEvent } from '../model/event.js';
import type { ImportJob, WaitOptions } from '../model/job.js';
import { type ImportSnapshot, isFinal, type JobRecord, snapshotOf } from '../model/record.js';
import { abortError } from '../wire/clock.js';
import { onAbort } from '../wire/on-abort.js';
import { cancelJob } from './cancel-job.js';
import { changesBetween } from './changes.js';
import type { Driver } from './driver.js';
import type { Engine } from './engine.js';
import { EventQueue } from './event-queue.js';

/** The view of a record that an application holds. */
export class JobHandle implements ImportJob {
  readonly #engine: Engine;
  readonly #driver: Driver;
  #record: JobRecord;

  constructor(engine: Engine, driver: Driver, record: JobRecord) {
    this.#engine = engine;
    this.#driver = driver;
    this.#record = record;
  }

  get id(): string {
    return this.#record.id;
  }

  get snapshot(): ImportSnapshot {
    return snapshotOf(this.#record);
  }

  async wait(options: WaitOptions = {}): Promise<ImportSnapshot> {
    const { timeoutMs, signal } = options;
    if (signal?.aborted) throw abortError(signal);
    if (isFinal(this.#record.state)) return this.#outcome();
    await this.#follow(timeoutMs, signal);
    return this.#outcome();
  }

  /** Drives the job until it ends, the time runs out, the signal fires, or asking for it gets stuck. */
  #follow(timeoutMs: number | undefined, signal: AbortSignal | undefined): Promise<void> {
    this.#driver.assertOpen();
    return new Promise<void>((resolve, reject) => {
      let callOff = () => {};
      let over = false;
      const done = (error?: SluiceError) => {
        over = true;
        stopListening();
        release();
        callOff();
        forget();
        if (error === undefined) resolve();
        else reject(error);
      };
      const take = (record: JobRecord) => {
        if (over) return;
        this.#record = record;
        if (isFinal(record.state)) done();
      };
      const stopListening = this.#engine.bus.listen(this.id, (notice) => {
        if (notice.kind === 'stuck' || notice.kind === 'closed') done(notice.error);
        if (notice.kind === 'record') take(notice.record);
      });
      const { release } = this.#driver.drive(this.#record);
      this.#catchUp(take);
      const forget = onAbort(signal, () => done(abortError(signal)));
      if (timeoutMs !== undefined) {
        callOff = this.#engine.clock.after(timeoutMs, () => done(timedOut(this.id, timeoutMs)));
      }
    });
  }

  /** The job may have gone on since it was seen last, and its end been told while nobody listened: the next look may be hours away. */
  #catchUp(take: (record: JobRecord) => void): void {
    const known = this.#record;
    const takeNewer = (record: JobRecord | undefined) => {
      if (record !== undefined && this.#record === known && record.updatedAt >= known.updatedAt) take(record);
    };
    // A store that cannot be read now is asked by who moves the job.
    this.#engine.store.read(this.id).then(takeNewer, () => undefined);
  }

  #outcome(): ImportSnapshot {
    const { state, error, id } = this.#record;
    if (state === 'failed' && error !== undefined) throw new SluiceError(error);
    if (state === 'canceled') throw new SluiceError({ code: 'aborted', message: `job ${id} was canceled` });
    return this.snapshot;
  }

  async *events(options: { signal?: AbortSignal } = {}): AsyncIterable<ImportEvent> {
    const { signal } = options;
    this.#driver.assertOpen();
    const queue = new EventQueue();
    let seen: JobRecord | undefined;
    const take = (record: JobRecord) => {
      queue.push(changesBetween(seen, record));
      seen = record;
      this.#record = record;
      if (isFinal(record.state)) queue.end();
    };
    const stopListening = this.#engine.bus.listen(this.id, (notice) => {
      if (notice.kind === 'record') take(notice.record);
      if (notice.kind === 'stuck' || notice.kind === 'closed') queue.end(notice.error);
    });
    const forget = onAbort(signal, () => queue.end(abortError(signal)));
    take(this.#record);
    const over = isFinal(this.#record.state);
    const { release } = over ? { release: () => undefined } : this.#driver.drive(this.#record);
    if (!over) this.#catchUp(take);
    try {
      yield* queue;
    } finally {
      stopListening();
      release();
      forget();
    }
  }

  async refresh(): Promise<ImportSnapshot> {
    if (!isFinal(this.#record.state)) {
      const advanced = await this.#driver.step(this.id, { early: true });
      if (advanced.next === 'stuck') throw advanced.error;
      this.#record = (await this.#engine.store.read(this.id)) ?? this.#record;
    }
    return this.snapshot;
  }

  async cancel(options: { abandon?: boolean } = {}): Promise<ImportSnapshot> {
    this.#record = await cancelJob(this.#engine, this.#driver, { id: this.id, abandon: options.abandon === true });
    return this.snapshot;
  }

  assertAll(): void {
    const failed = this.#record.items.filter((item) => !item.ok);
    const [first] = failed;
    if (first === undefined) return;
    const message = `${failed.length} of ${this.#record.items.length} items failed; the first, ${first.ref}: ${first.error.message}`;
    throw new SluiceError({ ...first.error, message, provider: this.#record.provider });
  }
}

function timedOut(id: string, timeoutMs: number): SluiceError {
  return new SluiceError({
    code: 'timeout',
    message: `job ${id} did not end within ${timeoutMs / 1_000} s; it is alive: wait for it again under this id`,
  });
}
