import type { Started } from '../../model/adapter.js';
import { SluiceError } from '../../model/error.js';
import { isFinal, type JobRecord } from '../../model/record.js';
import { isTransient } from '../../wire/failure.js';
import type { Advanced } from '../advance.js';
import { startAdmission } from '../limits.js';
import { measureSource } from '../measure-source.js';
import type { Step } from '../step.js';
import { failed, observed, postponed, warned } from '../transitions.js';

/** From a request to the provider's answer: prepare, take slot and window, save the intent, send. */
export async function startStep(step: Step, onAdmitted: () => void): Promise<Advanced> {
  const prepared = await prepare(step);
  if (isFinal(prepared.state)) {
    await step.finish(prepared);
    return { next: 'final', record: step.record };
  }
  return (await admit(step, prepared, onAdmitted)) ?? sendStart(step);
}

/** Takes slot and window and saves the intent; the outcome of the step when that cannot be. */
export async function admit(step: Step, prepared: JobRecord, onAdmitted: () => void): Promise<Advanced | undefined> {
  const now = step.now;
  if (prepared.deadlineAt !== undefined && now >= prepared.deadlineAt) return giveUp(step, prepared);
  const deadlineAt = prepared.deadlineAt ?? now + (prepared.request?.deadlineMs ?? step.provider.deadlineMs);
  const { waitingFor: _waiting, ...rest } = prepared;
  const intended: JobRecord = {
    ...rest,
    phase: 'provider',
    intent: { effect: 'start', key: `${prepared.id}-start`, savedAt: now },
    startedAt: prepared.startedAt ?? now,
    deadlineAt,
  };
  const take = startAdmission(step.provider, intended, { now, deadlineAt });
  const saved = await step.save(intended, { take });
  if (saved.outcome === 'full') return wait(step, prepared, saved);
  onAdmitted();
  return undefined;
}

/** Sends the start whose intent is saved, and saves what came of it. */
export async function sendStart(step: Step): Promise<Advanced> {
  const { members } = step.provider;
  let started: Started;
  try {
    started = await members.start(step.request(), step.context('starts'));
    // Without it the next step would start the job again.
    if (started.ref === undefined) throw new TypeError('it returned no ref');
  } catch (error) {
    return startFailed(step, error);
  }
  return begun(step, started);
}

/** The provider has it: the intent is answered. */
export async function begun(step: Step, { ref, memo, snapshot }: Started): Promise<Advanced> {
  const { record, provider } = step;
  const known: JobRecord = { ...record, ref, ...(memo !== undefined && { memo }) };
  const next = observed(known, snapshot, { provider, now: step.now });
  await step.finish(next, { freeSlot: isFinal(next.state) });
  return settled(step);
}

/** The outcome of a step whose record was just saved. */
export function settled(step: Step): Advanced {
  const { record } = step;
  if (isFinal(record.state)) return { next: 'final', record };
  return { next: 'due', at: record.dueAt ?? step.now, record };
}

async function prepare(step: Step): Promise<JobRecord> {
  const { record } = step;
  const expected = record.request?.expect?.size;
  if (expected === undefined || record.measured !== undefined) return record;
  const measured = await measureSource(step);
  if ('warning' in measured) return warned({ ...record, measured: {} }, [measured.warning]);
  if (measured.size === undefined || measured.size === expected) return { ...record, measured };
  const error = new SluiceError({
    code: 'integrity',
    message: `${step.provider.name}: the source has ${measured.size} bytes, expected ${expected}; nothing was sent`,
    provider: step.provider.name,
  });
  return failed({ ...record, measured }, error.toJSON(), step.now);
}

/** It stays due: to put off the one who tried would let others overtake it. Who moves jobs passes over full lanes. */
async function wait(
  step: Step,
  record: JobRecord,
  full: { what: 'slot' | 'window'; until?: number },
): Promise<Advanced> {
  const until = full.what === 'window' ? full.until : undefined;
  const next: JobRecord = {
    ...record,
    dueAt: step.now,
    waitingFor: { what: full.what, ...(until !== undefined && { until }) },
  };
  await step.finish(next);
  return { next: 'full', what: full.what, ...(until !== undefined && { until }), record: step.record };
}

/** Saves what an error of the start means: surely nothing done, or not known. */
export async function startFailed(step: Step, thrown: unknown): Promise<Advanced> {
  const error = asStartError(thrown, step);
  const { provider, record } = step;
  const repeatable = provider.adapter.capabilities.idempotentStart || provider.members.recover !== undefined;
  if (error.ambiguous === true) {
    // Aborted on its way is as good as a crash: the intent stays, and whoever comes next recovers it.
    if (error.code === 'aborted') throw error;
    const next = repeatable
      ? postponed(record, error, step.now)
      : failed(record, unanswered(step, error).toJSON(), step.now);
    await step.finish(next, { freeSlot: !repeatable });
    return settled(step);
  }
  const undone = withdrawn(record, error);
  if (error.code === 'aborted') {
    await step.finish({ ...undone, dueAt: step.now }, { freeSlot: true });
    return settled(step);
  }
  const next = isTransient(error) ? givenUpOrPostponed(step, undone, error) : failed(undone, error.toJSON(), step.now);
  await step.finish(next, { freeSlot: true });
  return settled(step);
}

/** The start did nothing: no intent is open. A provider that is full has not begun, so the deadline does not run. */
function withdrawn(record: JobRecord, error: SluiceError): JobRecord {
  const { intent: _intent, ...rest } = record;
  const undone: JobRecord = { ...rest, phase: 'prepare' };
  if (error.code !== 'rate-limited') return undone;
  const { startedAt: _started, deadlineAt: _deadline, ...unstarted } = undone;
  return unstarted;
}

function givenUpOrPostponed(step: Step, record: JobRecord, error: SluiceError): JobRecord {
  if (record.deadlineAt === undefined || step.now < record.deadlineAt) return postponed(record, error, step.now);
  return failed(record, { ...error.toJSON(), retry: 'exhausted' }, step.now);
}

/** The deadline came between two attempts to start: while the job waited for a slot, or for its time. */
async function giveUp(step: Step, record: JobRecord): Promise<Advanced> {
  const { provider } = step;
  const why = record.waitingFor?.error?.message ?? 'its limits left no room';
  const error = new SluiceError({
    code: record.waitingFor?.error?.code ?? 'timeout',
    retry: 'exhausted',
    message: `${provider.name}: not started by its deadline, ${new Date(step.now).toISOString()} (${why})`,
    provider: provider.name,
  });
  await step.finish(failed(record, error.toJSON(), step.now), { freeSlot: true });
  return settled(step);
}

/** What the adapter threw, as far as it says whether the start took effect. */
function asStartError(thrown: unknown, step: Step): SluiceError {
  const { provider } = step;
  if (SluiceError.is(thrown)) {
    // A later call of the adapter failed: to repeat the start for that would be a second import.
    const accepted = step.answered && thrown.ambiguous === undefined && isTransient(thrown);
    return accepted ? new SluiceError({ ...thrown.toJSON(), ambiguous: true, cause: thrown }) : thrown;
  }
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return new SluiceError({
    code: 'protocol',
    message: `${provider.name}: the adapter failed ${step.sent ? 'after' : 'before'} the start was sent: ${said}`,
    provider: provider.name,
    ...(step.sent && { ambiguous: true }),
    cause: thrown,
  });
}

/** A start that was sent and never answered, at a provider that cannot be asked about it. */
export function unanswered(step: Step, cause: { message: string; status?: number } | undefined): SluiceError {
  const { provider, record } = step;
  const sentAt = new Date(record.intent?.savedAt ?? step.now).toISOString();
  const why = cause === undefined ? 'the process ended before an answer came' : cause.message;
  return new SluiceError({
    code: 'unknown',
    message:
      `${provider.name}: the start was sent at ${sentAt} and never answered (${why}). It may have been accepted and billed, so it is not sent again. ` +
      `Look at the provider for an import of ${record.display.source} from that time; if there is none, import it again`,
    provider: provider.name,
    ...(cause?.status !== undefined && { status: cause.status }),
  });
}
