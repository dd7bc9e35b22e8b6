import type { ProviderSnapshot } from '../../model/adapter.js';
import { SluiceError } from '../../model/error.js';
import { isFinal, type JobRecord } from '../../model/record.js';
import type { Message } from '../../store/contract.js';
import type { Advanced } from '../advance.js';
import type { Step } from '../step.js';
import { failed, observed } from '../transitions.js';
import { verifyStored } from '../verify-stored.js';
import { asCallError, callFailed } from './call-failed.js';
import { assertKnownEffect, runEffect } from './effect.js';
import { settled } from './outcome.js';
import { takeWindow } from './window.js';

/** A provider that says so often in a row that it does not know a job has forgotten it. */
const forgottenAfter = 4;
/** How long a word that the adapter does not know may stand. */
const unmappedStallMs = 3_600_000;

/** One look at the provider. Also a job that is overdue gets its look: it may have ended while nobody was there to see it. */
export async function watchStep(step: Step): Promise<Advanced> {
  const hints = step.messages.filter(({ kind }) => kind === 'look');
  const { provider } = step;
  const full = await takeWindow(step, 'statuses');
  if (full !== undefined) return full;
  let seen: JobRecord;
  let next: ProviderSnapshot['next'];
  try {
    const snapshot = await provider.members.status(step.record.ref ?? null, step.context('statuses'));
    next = snapshot.next;
    if (next !== undefined) assertKnownEffect(step, next.effect);
    seen = await verifyStored(step, observed(step.record, snapshot, { provider, now: step.now }), snapshot);
  } catch (error) {
    return lookFailed(step, asCallError(step, error, 'read the status'), hints);
  }
  const overdue = isFinal(seen.state) ? undefined : overdueError(step, seen);
  if (overdue !== undefined) return end(step, failed(seen, overdue.toJSON(), step.now), hints);
  return next === undefined || isFinal(seen.state) ? end(step, seen, hints) : runEffect(step, seen, next);
}

async function end(step: Step, record: JobRecord, hints: Message[]): Promise<Advanced> {
  await step.finish(record, { freeSlot: isFinal(record.state), consumed: hints });
  return settled(step);
}

async function lookFailed(step: Step, error: SluiceError, hints: Message[]): Promise<Advanced> {
  const { record, provider, now } = step;
  const overdue = overdueError(step, record);
  if (overdue !== undefined) return end(step, failed(record, overdue.toJSON(), now), hints);
  if (error.code !== 'not-found') return callFailed(step, { error, consumed: hints });
  // Other failures in between do not count: only the provider can say that it does not know the job.
  const before = record.waitingFor?.error?.code === 'not-found' ? record.failures : 0;
  if (before + 1 >= forgottenAfter) return end(step, failed(record, error.toJSON(), now), hints);
  // It may not know the job yet: all its looks within a second would prove nothing.
  const soonestAt = now + provider.pollIntervalMs;
  return callFailed(step, { error, record: { ...record, failures: before }, soonestAt, consumed: hints });
}

function overdueError({ provider, now }: Step, record: JobRecord): SluiceError | undefined {
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
  const long = stallMs < 60_000 ? `${Math.round(stallMs / 1_000)} s` : `${Math.round(stallMs / 60_000)} min`;
  return new SluiceError({
    ...where,
    code: 'stalled',
    message: `${provider.name}: nothing new for ${long} (it says "${record.rawState}"); it may still run at the provider`,
  });
}
