import type { Started } from '../../model/adapter.js';
import { SluiceError } from '../../model/error.js';
import { saidBy } from '../../model/issues.js';
import { isFinal, type JobRecord } from '../../model/record.js';
import { isTransient, mayPass } from '../../wire/failure.js';
import type { Advanced } from '../advance.js';
import type { Step } from '../step.js';
import { failed, observed, postponed } from '../transitions.js';

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

/** It stays due: to put off the one who tried would let others overtake it. Who moves jobs passes over full lanes. */
export async function waitForRoom(
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
  const mayHelp = mayStartAgain(step, error);
  const next = mayHelp ? givenUpOrPostponed(step, undone, error) : failed(undone, error.toJSON(), step.now);
  await step.finish(next, { freeSlot: true });
  return settled(step);
}

/** Whether the same may go well later. What the adapter makes of an answer to the call that counts is no page of a proxy, but a no. */
export function mayStartAgain({ answered, record }: Step, error: SluiceError): boolean {
  return answered ? isTransient(error) : mayPass(error, record.failures);
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

/** What the adapter threw, as far as it says whether the start took effect. */
export function asStartError(thrown: unknown, step: Step): SluiceError {
  const { provider } = step;
  if (SluiceError.is(thrown)) {
    // A later call of the adapter failed: to repeat the start for that would be a second import.
    const accepted = step.answered && thrown.ambiguous === undefined && isTransient(thrown);
    return accepted ? new SluiceError({ ...thrown.toJSON(), ambiguous: true, cause: thrown }) : thrown;
  }
  const effect = step.record.intent?.effect ?? 'start';
  return new SluiceError({
    code: 'protocol',
    message: `${provider.name}: the adapter failed ${step.sent ? 'after' : 'before'} the ${effect} was sent: ${saidBy(thrown)}`,
    provider: provider.name,
    ...(step.sent && { ambiguous: true }),
    cause: thrown,
  });
}

/** The same while it is still looked for, and when that is given up: what cut it is kept in mind. */
export function stillUnanswered(step: Step): SluiceError {
  const said = step.record.waitingFor?.error;
  return said?.code === 'unknown' ? new SluiceError(said) : unanswered(step, said);
}

/** A start, or a later effect, that was sent and never answered, at a provider that cannot be asked about it. */
export function unanswered(step: Step, cause: { message: string; status?: number } | undefined): SluiceError {
  const { provider, record } = step;
  const sentAt = new Date(record.intent?.savedAt ?? step.now).toISOString();
  const why = cause === undefined ? 'the process ended before an answer came' : cause.message;
  const effect = record.intent?.effect ?? 'start';
  return new SluiceError({
    code: 'unknown',
    message:
      `${provider.name}: the ${effect} was sent at ${sentAt} and never answered (${why}). It may have been accepted and billed, so it is not sent again. ` +
      `Look at the provider for an import of ${record.display.source} from that time; if there is none, import it again`,
    provider: provider.name,
    ...(cause?.status !== undefined && { status: cause.status }),
  });
}
