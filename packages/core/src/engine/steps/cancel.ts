import { SluiceError } from '../../model/error.js';
import { isFinal } from '../../model/record.js';
import type { Message } from '../../store/contract.js';
import type { Advanced } from '../advance.js';
import type { Step } from '../step.js';
import { canceled, observed } from '../transitions.js';
import { settled } from './start.js';

/** What the provider may still do with a job that was abandoned. */
const abandonedWarning = {
  code: 'abandoned',
  message:
    'canceled here, but the provider was not asked to stop: it may still run and bill, and it keeps its slot until its deadline',
};

/** True when a message asks to give up a job that the provider cannot cancel. */
export function wantsAbandon(messages: Message[]): boolean {
  return messages.some(
    ({ body }) => typeof body === 'object' && body !== null && !Array.isArray(body) && body['abandon'] === true,
  );
}

/** Cancels: at once before the start, by asking the provider after it, or by letting go of it. */
export async function cancelStep(step: Step): Promise<Advanced> {
  const consumed = step.messages.filter(({ kind }) => kind === 'cancel');
  const { record, provider } = step;
  if (record.ref === undefined) {
    await step.finish(canceled(record, step.now), { freeSlot: true, consumed });
    return settled(step);
  }
  if (provider.members.cancel !== undefined && provider.adapter.capabilities.cancel) {
    const snapshot = await askToCancel(step, consumed);
    const next = observed(record, snapshot, { provider, now: step.now });
    await step.finish(next, { freeSlot: isFinal(next.state), consumed });
    return settled(step);
  }
  if (wantsAbandon(consumed)) {
    await step.finish(canceled(record, step.now, [abandonedWarning]), { consumed });
    return settled(step);
  }
  await step.finish(record, { consumed });
  throw cannotCancel(provider.name, record.id);
}

async function askToCancel(step: Step, consumed: Message[]) {
  const { record, provider } = step;
  try {
    if (provider.members.cancel === undefined) throw cannotCancel(provider.name, record.id);
    return await provider.members.cancel(record.ref ?? null, step.context('statuses'));
  } catch (error) {
    await step.finish(record, { consumed });
    throw error;
  }
}

/** The provider has no way to stop a job. */
export function cannotCancel(provider: string, id: string): SluiceError {
  return new SluiceError({
    code: 'unsupported',
    message: `${provider} cannot cancel a job that it has begun; cancel ${id} with "abandon" to stop following it (it may still run and bill)`,
    provider,
  });
}
