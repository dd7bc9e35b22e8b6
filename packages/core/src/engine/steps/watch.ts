import type { ProviderSnapshot } from '../../model/adapter.js';
import { SluiceError } from '../../model/error.js';
import { isFinal, type JobRecord } from '../../model/record.js';
import type { Message } from '../../store/contract.js';
import { isTransient } from '../../wire/failure.js';
import type { Advanced } from '../advance.js';
import { retryAt } from '../due.js';
import { windowHit } from '../limits.js';
import type { Step } from '../step.js';
import { failed, observed, postponed } from '../transitions.js';
import { settled } from './start.js';

/** A provider that forgot a job so often in a row has forgotten it. */
const forgottenAfter = 4;
/** How long a word that the adapter does not know may stand. */
const unmappedStallMs = 3_600_000;

/** One look at the provider. */
export async function watchStep(step: Step): Promise<Advanced> {
  const hints = step.messages.filter(({ kind }) => kind === 'look');
  const { record, provider } = step;
  const overdue = overdueError(step);
  if (overdue !== undefined) {
    await step.finish(failed(record, overdue.toJSON(), step.now), { freeSlot: true, consumed: hints });
    return settled(step);
  }
  const hit = windowHit(provider, { lane: record.lane, kind: 'statuses', now: step.now });
  if (hit !== undefined) {
    const saved = await step.save(record, { take: { hits: [hit] } });
    if (saved.outcome === 'full') return windowFull(step, saved.until);
  }
  try {
    const snapshot = await provider.members.status(record.ref ?? null, step.context('statuses'));
    return await seen(step, snapshot, hints);
  } catch (error) {
    return lookFailed(step, error, hints);
  }
}

async function seen(step: Step, snapshot: ProviderSnapshot, hints: Message[]): Promise<Advanced> {
  const next = observed(step.record, snapshot, { provider: step.provider, now: step.now });
  await step.finish(next, { freeSlot: isFinal(next.state), consumed: hints });
  return settled(step);
}

async function windowFull(step: Step, until: number | undefined): Promise<Advanced> {
  const at = until ?? step.now + 1_000;
  await step.finish({ ...step.record, dueAt: at });
  return settled(step);
}

/**
 * A call's error is never the job's verdict: it is tried again later. Where that will not help (credentials refused, an
 * answer that makes no sense), those who wait are told, and the job stays alive.
 */
async function lookFailed(step: Step, thrown: unknown, hints: Message[]): Promise<Advanced> {
  const error = SluiceError.is(thrown) ? thrown : adapterError(step, thrown);
  if (error.code === 'aborted') throw error;
  const forgotten = error.code === 'not-found' && step.record.failures + 1 >= forgottenAfter;
  if (forgotten) {
    await step.finish(failed(step.record, error.toJSON(), step.now), { freeSlot: true, consumed: hints });
    return settled(step);
  }
  const patient = isTransient(error) || error.code === 'not-found';
  const next = postponed(step.record, error, step.now);
  const at = patient ? next.dueAt : Math.max(next.dueAt ?? 0, retryAt(step.now, forgottenAfter, 10_000));
  const later: JobRecord = { ...next, ...(at !== undefined && { dueAt: at }) };
  await step.finish(later, { consumed: hints });
  return patient ? settled(step) : { next: 'stuck', at: later.dueAt ?? step.now, error: alive(error, step) };
}

function alive(error: SluiceError, step: Step): SluiceError {
  const message = `${error.message}. The job ${step.record.id} is alive at the provider; once this is mended, wait for it again`;
  return new SluiceError({ ...error.toJSON(), message, cause: error });
}

function adapterError(step: Step, thrown: unknown): SluiceError {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return new SluiceError({
    code: 'protocol',
    message: step.redact(`${step.provider.name}: the adapter cannot read the status: ${said}`),
    provider: step.provider.name,
    cause: thrown,
  });
}

function overdueError(step: Step): SluiceError | undefined {
  const { record, provider, now } = step;
  const where = { provider: provider.name, retry: 'exhausted' } as const;
  if (record.deadlineAt !== undefined && now >= record.deadlineAt) {
    return new SluiceError({
      ...where,
      code: 'timeout',
      message: `${provider.name}: not finished at its deadline, ${new Date(record.deadlineAt).toISOString()}; it may still run at the provider`,
    });
  }
  const stallMs = provider.stallMs ?? (record.unmapped === true ? unmappedStallMs : undefined);
  if (stallMs === undefined || record.changedAt === undefined || now < record.changedAt + stallMs) return undefined;
  const minutes = Math.round(stallMs / 60_000);
  return new SluiceError({
    ...where,
    code: 'stalled',
    message: `${provider.name}: nothing new for ${minutes} min (it says "${record.rawState}"); it may still run at the provider`,
  });
}
