import { SluiceError } from '../../model/error.js';
import { type ImportSnapshot, isFinal, type JobRecord, snapshotOf } from '../../model/record.js';
import type { ImportRequest } from '../../model/request.js';
import { abortError } from '../../wire/clock.js';
import { onAbort } from '../../wire/on-abort.js';
import { firstRecord } from '../callback.js';
import type { Driver } from '../driver.js';
import type { Engine } from '../engine.js';
import { type Intake, takeIn } from '../intake.js';
import { keepBytes } from '../keep-bytes.js';
import { keyConflict } from '../key-conflict.js';
import { Mailbox } from '../mailbox.js';
import { lookIntoSource } from '../media/look-into.js';
import type { Batch, BatchOptions, BatchOutcome, BatchStatus } from './batch.js';
import { type Ending, left, skipReason } from './endings.js';
import { identityOf } from './identity.js';
import { type InHand, Parked } from './parked.js';
import { Refusal, refusing, rivalError, sound } from './refusal.js';
import { Seen } from './seen.js';

const defaultWindow = 1_000;
/** So many requests are looked up in the store at once. */
const intakesAtOnce = 64;
/** A job whose looks are refused so often in a row is left. */
const mostStuck = 4;
/** Characters of a request that count for one place in the window. */
const charactersInPlace = 8_192;

/** What a batch is made of. */
export interface BatchInput<Request> {
  requests: Iterable<Request> | AsyncIterable<Request>;
  preset: string | undefined;
  options: BatchOptions;
}

/** Reads requests as there is room for them, saves each as a job under its key, and follows the jobs to their ends. */
export class BatchRun<Request extends ImportRequest> implements Batch<Request> {
  readonly #engine: Engine;
  readonly #driver: Driver;
  readonly #input: BatchInput<Request>;
  readonly #window: number;
  readonly #outcomes = new Mailbox<{ outcome: BatchOutcome<Request>; weight: number }>();
  readonly #parked = new Parked<Request>();
  readonly #followed = new Map<InHand<Request>, () => void>();
  readonly #seen = new Seen();
  readonly #stop = new AbortController();
  #read = 0;
  #readAll = false;
  #intakes = 0;
  /** What is in hand, and what nobody has read the outcome of. */
  #weight = 0;
  #wake: () => void = () => undefined;
  #stopReading: () => void = () => undefined;
  #begun = false;

  constructor(engine: Engine, driver: Driver, input: BatchInput<Request>) {
    this.#engine = engine;
    this.#driver = driver;
    this.#input = input;
    this.#window = input.options.window ?? defaultWindow;
  }

  status(): BatchStatus {
    const followed = this.#followed;
    return {
      read: this.#read,
      readAll: this.#readAll,
      inHand: snapshotsOf(followed.keys()),
      parked: this.#parked.size,
      down: this.#driver.openCircuits(),
    };
  }

  async *[Symbol.asyncIterator](): AsyncIterator<BatchOutcome<Request>> {
    this.#begin();
    const { signal } = this.#input.options;
    const forget = onAbort(signal, () => this.#stop.abort(abortError(signal)));
    const forgetStop = onAbort(this.#stop.signal, () => this.#leaveAll());
    const feeding = this.#feed();
    try {
      for (let some = await this.#outcomes.take(); some !== undefined; some = await this.#outcomes.take()) {
        for (const { outcome, weight } of some) {
          yield outcome;
          this.#release(weight);
        }
      }
    } finally {
      // Whoever stops reading stops the batch: its jobs stay as they are.
      this.#stop.abort(abortError(undefined));
      forget();
      forgetStop();
      await feeding;
    }
  }

  #begin(): void {
    this.#driver.assertOpen();
    if (this.#begun) {
      throw new SluiceError({ code: 'invalid-request', message: 'a batch can be read once: make another one' });
    }
    this.#begun = true;
  }

  /** Reads requests while there is room; an error of the source of requests, or of the store, ends the batch. */
  async #feed(): Promise<void> {
    const { requests } = this.#input;
    const iterator = Symbol.asyncIterator in requests ? requests[Symbol.asyncIterator]() : requests[Symbol.iterator]();
    try {
      for (let next = await this.#next(iterator); next !== undefined; next = await this.#next(iterator)) {
        const index = this.#read;
        this.#read += 1;
        this.#intakes += 1;
        void this.#takeIn(index, next.request).then(
          () => this.#tookIn(),
          (error: unknown) => this.#fail(error),
        );
        while (this.#isFull() && !this.#stop.signal.aborted) await this.#news();
      }
      this.#readAll = !this.#stop.signal.aborted;
    } catch (error) {
      this.#intakes += 1;
      this.#fail(error);
    }
    // One that is still to answer is told that nobody listens; it may never answer.
    if (!this.#readAll) void Promise.resolve(iterator.return?.()).catch(() => undefined);
    while (this.#isBusy()) await this.#news();
    this.#outcomes.end();
  }

  /** The next request; undefined after the last, and when the batch is stopped while the next one is not there. */
  #next(iterator: AsyncIterator<Request> | Iterator<Request>): Promise<{ request: Request } | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#stop.signal.aborted) return resolve(undefined);
      this.#stopReading = () => resolve(undefined);
      Promise.resolve(iterator.next()).then(
        ({ done, value }) => resolve(done === true ? undefined : { request: value }),
        reject,
      );
    });
  }

  #isFull(): boolean {
    return this.#intakes >= intakesAtOnce || this.#weight + this.#intakes >= this.#window;
  }

  #isBusy(): boolean {
    return this.#intakes > 0 || this.#followed.size > 0 || this.#parked.size > 0;
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #tookIn(): void {
    this.#intakes -= 1;
    this.#wake();
  }

  /** What cannot be read or saved ends the batch; what is in hand is left as it is. */
  #fail(error: unknown): void {
    this.#intakes -= 1;
    this.#outcomes.end(error);
    this.#stop.abort(SluiceError.is(error) ? error : abortError(undefined));
    this.#wake();
  }

  async #takeIn(index: number, request: Request): Promise<void> {
    try {
      await this.#admit(index, request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { sameAs, key, cause } = error;
      const same = sameAs === undefined ? {} : { sameAs };
      this.#tell({ index, request, ...keyField(key), ...same, kind: 'refused', error: cause.toJSON() }, 1);
    }
  }

  /** @throws Refusal for a request that is wrong; anything else that is thrown is about the store */
  async #admit(index: number, request: Request): Promise<void> {
    const intake = refusing(() => sound(takeIn(this.#engine, request, this.#input.preset)));
    const { key, length } = await identityOf(intake);
    const { sameAs, rival } = await this.#seen.meet(index, { intake, key });
    if (rival !== undefined) throw new Refusal(rivalError(rival, intake), { key, sameAs: rival });
    const looked = await this.#lookInto(intake, { key, request });
    refusing(() => sound(looked), key);
    const record: JobRecord = { ...(await firstRecord(this.#engine, looked)), ...keyField(key) };
    const { record: found, created } = await this.#engine.store.create(record);
    const weight = 1 + Math.floor(length / charactersInPlace);
    this.#weight += weight;
    const begun = found.ref !== undefined;
    this.#take({ index, request, key, sameAs, weight, provider: intake.provider, record: found, begun }, created);
  }

  /** Where the adapter has rules about what is in a file; but not for a job that is there already. */
  async #lookInto(intake: Intake, { key, request }: { key: string | undefined; request: Request }): Promise<Intake> {
    if (intake.provider.adapter.capabilities.reads === undefined) return intake;
    const known = key === undefined ? undefined : await this.#engine.store.readByKey(key);
    return known === undefined ? lookIntoSource(this.#engine, intake, request) : intake;
  }

  #take(one: InHand<Request>, created: boolean): void {
    const { record, provider, request } = one;
    keepBytes(this.#engine, record, request);
    if (!created && record.provider !== provider.name) {
      this.#over(one, { kind: 'refused', error: keyConflict(record, provider.name).toJSON() });
    } else if (isFinal(record.state)) {
      this.#over(one, { kind: 'skipped', snapshot: snapshotOf(record), reason: skipReason(record) });
    } else if (this.#stop.signal.aborted) {
      this.#leave(one);
    } else {
      this.#parked.add(one);
      this.#followNext(one);
    }
  }

  #followNext(near: InHand<Request>): void {
    for (let next = this.#parked.next(near); next !== undefined; next = this.#parked.next(near)) this.#follow(next);
  }

  #follow(one: InHand<Request>): void {
    const { bus } = this.#engine;
    let stuck = 0;
    const stopListening = bus.listen(one.record.id, (notice) => {
      if (notice.kind === 'record') {
        one.record = notice.record;
        if (one.record.failures === 0) stuck = 0;
        if (one.record.ref !== undefined) this.#begins(one);
        if (isFinal(one.record.state)) end({ kind: 'ended', snapshot: snapshotOf(one.record) });
      }
      if (notice.kind === 'stuck') stuck += 1;
      // One answer that makes no sense is asked for again, among so many; one that is refused again and again is for a person to mend.
      if (notice.kind === 'closed' || (notice.kind === 'stuck' && stuck >= mostStuck)) end(left(one, notice.error));
    });
    // In its turn from now on: those that have begun are not kept waiting by all that is new.
    const now = this.#engine.clock.now();
    const dueAt = Math.max(one.record.dueAt ?? now, now);
    const { release } = this.#driver.drive({ ...one.record, dueAt });
    const end = (ending: Ending) => {
      stopListening();
      release();
      if (!this.#followed.delete(one)) return;
      this.#parked.done(one);
      this.#over(one, ending);
      if (!this.#stop.signal.aborted) this.#followNext(one);
    };
    this.#followed.set(one, () => end(left(one, abortError(this.#stop.signal))));
  }

  #begins(one: InHand<Request>): void {
    if (one.begun) return;
    this.#parked.begins(one);
    if (!this.#stop.signal.aborted) this.#followNext(one);
  }

  #leave(one: InHand<Request>): void {
    this.#over(one, left(one, abortError(this.#stop.signal)));
  }

  #leaveAll(): void {
    for (const one of this.#parked.drain()) this.#leave(one);
    for (const leave of [...this.#followed.values()]) leave();
    this.#stopReading();
    this.#wake();
  }

  #over({ index, request, key, sameAs, weight, record }: InHand<Request>, ending: Ending): void {
    this.#weight -= weight;
    if (isFinal(record.state)) this.#engine.byteInputs.delete(record.id);
    const same = sameAs === undefined ? {} : { sameAs };
    this.#tell({ index, request, ...keyField(key), ...same, ...ending }, weight);
  }

  /** Until somebody has read it, an outcome keeps its place in the window. */
  #tell(outcome: BatchOutcome<Request>, weight: number): void {
    this.#weight += weight;
    this.#outcomes.push({ outcome, weight });
    this.#wake();
  }

  #release(weight: number): void {
    this.#weight -= weight;
    this.#wake();
  }
}

function keyField(key: string | undefined): { key?: string } {
  return key === undefined ? {} : { key };
}

function* snapshotsOf(inHand: Iterable<InHand<unknown>>): Iterable<ImportSnapshot> {
  for (const { record } of inHand) yield snapshotOf(record);
}
