import { SluiceError } from '../model/error.js';
import { isFinal, type JobRecord } from '../model/record.js';
import type { Lease } from '../store/contract.js';
import type { StopSignal } from '../wire/stop.js';
import { retryAt } from './due.js';
import type { Engine } from './engine.js';
import { leaseMs } from './lease-keeper.js';
import { foreignError, providerOf } from './providers.js';
import { Step } from './step.js';
import { StepSignals } from './step-signals.js';
import { cancelStep } from './steps/cancel.js';
import { putStep } from './steps/put.js';
import { recoverStep } from './steps/recover.js';
import { startStep } from './steps/start.js';
import { needsTransfer, transferStep } from './steps/transfer.js';
import { watchStep } from './steps/watch.js';

/** What a step left the job at. */
export type Advanced =
  | { next: 'final'; record: JobRecord }
  | { next: 'due'; at: number; record: JobRecord }
  /** Limits keep it from starting, until a moment where that is known. */
  | { next: 'full'; what: 'slot' | 'window'; until?: number; record: JobRecord }
  /** As many uploads as there may be are on their way from here: its bytes have to wait. */
  | { next: 'busy'; record: JobRecord }
  /** Somebody else has the lease, or it is not due. */
  | { next: 'held' }
  /** A call was refused in a way that trying again will not mend; the job is alive. */
  | { next: 'stuck'; at: number; error: SluiceError };

/** How a step is taken. */
export interface AdvanceOptions {
  /** Stop: what leaves nothing behind at once, a call that counts after a short grace. */
  signal: StopSignal;
  /** Take the step also before it is due. */
  early?: boolean;
  /** Told when the limits let the job in. */
  onAdmitted?: () => void;
  /** Told when the job's bytes begin to move. Where it is given, one whose bytes have to wait for others' ends its step as `busy`. */
  onTransfer?: () => void;
}

/**
 * Moves a job by one step: reads the record under a lease, does one thing, writes it back, and says when to look again. The only
 * thing that changes a record.
 */
export async function advance(engine: Engine, id: string, options: AdvanceOptions): Promise<Advanced> {
  const now = engine.clock.now();
  const [lease] = await engine.store.lease({
    holder: engine.holder,
    now,
    until: now + leaseMs,
    id,
    ...(options.early !== undefined && { early: options.early }),
  });
  return lease === undefined ? { next: 'held' } : advanceLeased(engine, lease, options);
}

/** The same for a record whose lease is there. */
export async function advanceLeased(engine: Engine, lease: Lease, options: AdvanceOptions): Promise<Advanced> {
  const { record, fence } = lease;
  const signals = new StepSignals(options.signal, engine.clock);
  const onLost = (error: SluiceError) => signals.lose(error);
  const hold = engine.leases.hold({ id: record.id, fence }, { until: lease.until, onLost });
  const provider = providerOf(engine, record);
  try {
    if (provider === undefined) return await foreign(engine, lease);
    return await takeStep(new Step({ engine, provider, lease, signals, hold }), options);
  } catch (error) {
    await letGo(engine, lease, error);
    throw error;
  } finally {
    engine.leases.drop({ id: record.id, fence });
    signals.unlink();
  }
}

function takeStep(step: Step, options: AdvanceOptions): Promise<Advanced> {
  const { record } = step;
  if (isFinal(record.state)) return Promise.resolve({ next: 'final', record });
  if (record.intent !== undefined) return recoverStep(step);
  if (step.messages.some(({ kind }) => kind === 'cancel')) return cancelStep(step);
  if (record.ref !== undefined) return watchStep(step);
  const { onAdmitted = () => undefined, onTransfer } = options;
  if (!needsTransfer(record)) return startStep(step, onAdmitted);
  const news = { onAdmitted, onTransfer };
  return record.route === 'put' ? putStep(step, news) : transferStep(step, news);
}

/**
 * A step that was cut short: whoever comes next need not wait for the lease to run out. When it was not stopped but broke, coming
 * back at once would most likely break again.
 */
async function letGo(engine: Engine, { record, fence }: Lease, thrown: unknown): Promise<void> {
  const current = await engine.store.read(record.id).catch(() => undefined);
  if (current === undefined) return;
  const now = engine.clock.now();
  const stopped = SluiceError.is(thrown) && thrown.code === 'aborted';
  const failures = current.failures + 1;
  const next = stopped ? current : { ...current, failures, dueAt: retryAt(now, failures, undefined) };
  const lease = { id: record.id, fence };
  await engine.store.commit({ lease, record: next, now, release: true }).catch(() => undefined);
}

/** A job of a provider that this process does not know: left as it is for one that does. */
async function foreign(engine: Engine, { record, fence }: Lease): Promise<Advanced> {
  const lookAgainMs = 60_000;
  const now = engine.clock.now();
  await engine.store.commit({ lease: { id: record.id, fence }, record, now, release: true });
  return { next: 'stuck', at: now + lookAgainMs, error: foreignError(record) };
}
