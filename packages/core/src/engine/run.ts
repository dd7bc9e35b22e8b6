import { SluiceError, toSluiceError } from '../model/error.js';
import { type Lease, slotsName } from '../store/contract.js';
import { isTransient } from '../wire/failure.js';
import { onAbort } from '../wire/on-abort.js';
import { advanceLeased } from './advance.js';
import { ClosedLanes } from './closed-lanes.js';
import type { Engine } from './engine.js';
import { leaseMs } from './lease-keeper.js';
import { providerOf } from './providers.js';
import { StoreCircuits } from './store-circuits.js';

/** How often to look for due records, in milliseconds. */
const lookEveryMs = 250;
/** How soon a job is met again whose provider has another adapter here, where its lane cannot be passed over. Milliseconds. */
const foreignAgainMs = 2_000;
const foreignLaneMs = 60_000;
/** How soon a store is asked again that could not be reached. Milliseconds. */
const storeAgainMs = 5_000;

/** How {@link runStore} works. */
interface RunOptions {
  signal: AbortSignal;
  untilIdle: boolean;
  concurrency: number;
}

/**
 * Works the store: leases what is due, whoever made it, until the signal fires or, with `untilIdle`, nothing is left. A store that cannot be reached
 * now is asked again, unless an end is awaited.
 * @throws SluiceError the store's own error
 */
export async function runStore(engine: Engine, options: RunOptions): Promise<void> {
  const { signal } = options;
  const nap = new Nap(engine);
  const lanes = new ClosedLanes(engine.clock, () => nap.end());
  const circuits = new StoreCircuits(engine.clock, lanes, () => nap.end());
  const moving = new Set<Promise<void>>();
  const stopListening = engine.onRoomMade((lane, what) => lanes.roomMade(lane, what));
  const forget = onAbort(signal, () => nap.end());
  try {
    await leaseAndMove(engine, options, { nap, lanes, circuits, moving });
  } finally {
    forget();
    stopListening();
    circuits.end();
    await Promise.all(moving);
  }
}

interface Work {
  nap: Nap;
  lanes: ClosedLanes;
  circuits: StoreCircuits;
  /** The steps on their way. None of them rejects. */
  moving: Set<Promise<void>>;
}

async function leaseAndMove(
  engine: Engine,
  { signal, untilIdle, concurrency }: RunOptions,
  { nap, lanes, circuits, moving }: Work,
): Promise<void> {
  while (!signal.aborted) {
    nap.prepare();
    const room = concurrency - moving.size;
    // As it was when the store was asked: a lane may open meanwhile.
    const passedOver = lanes.names();
    const leases = await leaseSome(engine, { room, lanes, circuits, passedOver }).catch((error: unknown) => {
      if (untilIdle || !SluiceError.is(error) || !isTransient(error)) throw error;
      engine.log?.({ level: 'warn', message: error.message });
    });
    if (leases === undefined) {
      await engine.clock.sleep(storeAgainMs, signal).catch(() => undefined);
      continue;
    }
    for (const lease of leases) {
      const step = stepOf(engine, lease, { signal, lanes, circuits }).finally(() => {
        moving.delete(step);
        nap.end();
      });
      moving.add(step);
    }
    if (leases.length > 0) continue;
    if (room > 0) lanes.forgetEmpty(passedOver);
    if (untilIdle && moving.size === 0 && !(await anyLeft(engine))) break;
    await nap.sleep();
  }
}

/** A pause that ends early when there is news, also news that came since it was prepared. */
class Nap {
  readonly #engine: Engine;
  #alarm = new AbortController();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  prepare(): void {
    this.#alarm = new AbortController();
  }

  sleep(): Promise<void> {
    return this.#engine.clock.sleep(lookEveryMs, this.#alarm.signal).catch(() => undefined);
  }

  end(): void {
    this.#alarm.abort();
  }
}

async function leaseSome(
  engine: Engine,
  { room, lanes, circuits, passedOver }: Pick<Work, 'lanes' | 'circuits'> & { room: number; passedOver: string[] },
): Promise<Lease[]> {
  const wanted = await leaseWanted(engine, circuits, room);
  if (room <= wanted.length) return wanted;
  return [...wanted, ...(await leaseDue(engine, lanes.mostLeases(room - wanted.length), passedOver))];
}

function leaseDue(engine: Engine, limit: number, exceptLanes: string[]): Promise<Lease[]> {
  const now = engine.clock.now();
  return engine.store.lease({
    holder: engine.holder,
    now,
    until: now + leaseMs,
    limit,
    exceptLanes,
    providers: [...engine.providers.keys()],
  });
}

/** Those that were kept back while their provider was down: one to try it, or all of them when it is back. */
async function leaseWanted(engine: Engine, circuits: StoreCircuits, most: number): Promise<Lease[]> {
  const leases: Lease[] = [];
  for (const id of circuits.takeWanted(most)) {
    const now = engine.clock.now();
    const [lease] = await engine.store.lease({ holder: engine.holder, now, until: now + leaseMs, id, early: true });
    if (lease === undefined) circuits.gone(id);
    else leases.push(lease);
  }
  return leases;
}

/** One step of a job, or none where its time is not now. What goes wrong is noted: another step follows, and nobody awaits this one's error. */
async function stepOf(engine: Engine, lease: Lease, options: StepOptions): Promise<void> {
  try {
    await takeStep(engine, lease, options);
  } catch (thrown) {
    const error = toSluiceError(thrown, 'unavailable');
    if (error.code !== 'aborted') engine.log?.({ level: 'warn', message: `job ${lease.record.id}: ${error.message}` });
  }
}

interface StepOptions {
  signal: AbortSignal;
  lanes: ClosedLanes;
  circuits: StoreCircuits;
}

async function takeStep(engine: Engine, lease: Lease, { signal, lanes, circuits }: StepOptions): Promise<void> {
  const { record } = lease;
  const lane = slotsName(record.provider, record.lane);
  const starting = record.ref === undefined && record.intent === undefined;
  if (providerOf(engine, record) === undefined) {
    lanes.close(lane, engine.clock.now() + foreignLaneMs);
    return setAside(engine, lease, starting ? undefined : engine.clock.now() + foreignAgainMs);
  }
  const job = circuits.meet(record, lane);
  const keptUntil = circuits.keeps(job);
  if (keptUntil !== undefined) return setAside(engine, lease, starting ? undefined : keptUntil);
  if (starting) lanes.tries(lane);
  try {
    const advanced = await advanceLeased(engine, lease, { signal, onAdmitted: () => lanes.open(lane) });
    if (advanced.next === 'full') lanes.full(lane, advanced);
    else if (starting) lanes.open(lane);
    circuits.settled(job, advanced);
  } catch (thrown) {
    if (starting) lanes.open(lane);
    circuits.settled(job, { next: 'held' });
    throw thrown;
  }
}

/**
 * A job for another process, or for a later time. One that holds a slot is shown again although its lane is passed over: it is put off until
 * `dueAt`, but not beyond its deadline.
 */
async function setAside(engine: Engine, { record, fence }: Lease, dueAt: number | undefined): Promise<void> {
  const now = engine.clock.now();
  const latest = record.deadlineAt ?? Number.POSITIVE_INFINITY;
  const next = dueAt === undefined ? record : { ...record, dueAt: Math.min(dueAt, latest) };
  await engine.store.commit({ lease: { id: record.id, fence }, record: next, now, release: true });
}

/** Whether any job that this process can move is still open. */
async function anyLeft(engine: Engine): Promise<boolean> {
  for await (const record of engine.store.list({ states: ['queued', 'running'] })) {
    if (providerOf(engine, record) !== undefined) return true;
  }
  return false;
}
