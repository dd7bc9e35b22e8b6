import { SluiceError } from '../../model/error.js';
import { isFinal, type JobRecord } from '../../model/record.js';
import type { Message } from '../../store/contract.js';
import { isTransient } from '../../wire/failure.js';
import type { Advanced } from '../advance.js';
import type { Step } from '../step.js';
import { canceled, observed, postponed, warned } from '../transitions.js';
import { asCallError } from './call-failed.js';
import { settled } from './outcome.js';

/** So often a cancel is tried that the provider was not there for. Meanwhile nobody looks how the job stands. */
const mostAttempts = 4;

/** What the provider may still do with a job that was abandoned. */
const abandonedWarning = {
  code: 'abandoned',
  message:
    'canceled here, but the provider was not asked to stop, or refused to: it may still run and bill, and it keeps its slot until its deadline',
};

/** True when a message asks to give up a job that the provider cannot cancel. */
function wantsAbandon(wishes: Message[]): boolean {
  return wishes.some(
    ({ body }) => typeof body === 'object' && body !== null && !Array.isArray(body) && body.abandon === true,
  );
}

/**
 * Cancels: at once before the start, by asking the provider after it, or by letting go of it. A wish that is not granted
 * leaves the job as it was, with a warning, and its wisher is told.
 */
export async function cancelStep(step: Step): Promise<Advanced> {
  const wishes = step.messages.filter(({ kind }) => kind === 'cancel');
  const { record, provider } = step;
  if (record.ref === undefined) {
    await step.finish(canceled(record, step.now), { freeSlot: true, consumed: wishes });
    return settled(step);
  }
  const able = provider.members.cancel !== undefined && provider.adapter.capabilities.cancel;
  return able ? askProvider(step, wishes) : abandonOrRefuse(step, wishes, cannotCancel(provider.name, record.id));
}

async function askProvider(step: Step, wishes: Message[]): Promise<Advanced> {
  const { record, provider } = step;
  let next: JobRecord;
  try {
    const snapshot = await provider.members.cancel?.(record.ref ?? null, step.context('statuses'));
    if (snapshot === undefined) throw new TypeError('it returned no snapshot');
    next = observed(record, snapshot, { provider, now: step.now });
  } catch (thrown) {
    const error = asCallError(step, thrown, 'cancel');
    if (!isTransient(error) || record.failures + 1 >= mostAttempts) return abandonOrRefuse(step, wishes, error);
    await step.finish(postponed(record, error, step.now));
    return settled(step);
  }
  await step.finish(next, { freeSlot: isFinal(next.state), consumed: wishes });
  return settled(step);
}

async function abandonOrRefuse(step: Step, wishes: Message[], error: SluiceError): Promise<Advanced> {
  const { record, engine } = step;
  if (wantsAbandon(wishes)) {
    await step.finish(canceled(record, step.now, [abandonedWarning]), { consumed: wishes });
    return settled(step);
  }
  await step.finish(warned(record, [{ code: 'not-canceled', message: error.message }]), { consumed: wishes });
  engine.bus.tell(record.id, { kind: 'not-canceled', error });
  return settled(step);
}

/** The provider has no way to stop a job. */
export function cannotCancel(provider: string, id: string): SluiceError {
  return new SluiceError({
    code: 'unsupported',
    message: `${provider} cannot cancel a job that it has begun; cancel ${id} with "abandon" to stop following it (it may still run and bill)`,
    provider,
  });
}
