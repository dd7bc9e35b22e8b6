import { SluiceError } from '../../model/error.js';
import type { Advanced } from '../advance.js';
import type { Step } from '../step.js';
import { failed, postponed, without } from '../transitions.js';
import { begun, sendStart, settled, unanswered } from './start.js';

/** An intent was saved and no answer to it: find out what became of it, without ever paying twice. */
export async function recoverStep(step: Step): Promise<Advanced> {
  const { provider, record } = step;
  const known = record.waitingFor?.error;
  if (provider.adapter.capabilities.idempotentStart) return repeatStart(step);
  if (provider.members.recover !== undefined) return askProvider(step);
  await step.finish(failed(record, unanswered(step, known).toJSON(), step.now), { freeSlot: true });
  return settled(step);
}

/** The same start under the same key makes no second job. */
async function repeatStart(step: Step): Promise<Advanced> {
  const { record } = step;
  if (record.deadlineAt !== undefined && step.now >= record.deadlineAt) return giveUp(step);
  return sendStart(step);
}

async function askProvider(step: Step): Promise<Advanced> {
  const { provider, record } = step;
  const { intent } = record;
  if (intent === undefined || provider.members.recover === undefined) return settled(step);
  try {
    const found = await provider.members.recover(step.request(), intent, step.context('statuses'));
    if (found.found === 'started') return await begun(step, found);
    if (found.found === 'nothing') {
      await step.finish(
        { ...without(record, 'intent', 'waitingFor'), phase: 'prepare', dueAt: step.now },
        { freeSlot: true },
      );
      return settled(step);
    }
  } catch (error) {
    if (!SluiceError.is(error) || error.code === 'aborted') throw error;
    return lookLater(step, error);
  }
  return lookLater(step, unanswered(step, undefined));
}

async function lookLater(step: Step, error: SluiceError): Promise<Advanced> {
  const { record } = step;
  if (record.deadlineAt !== undefined && step.now >= record.deadlineAt) return giveUp(step);
  await step.finish(postponed(record, error, step.now));
  return settled(step);
}

async function giveUp(step: Step): Promise<Advanced> {
  await step.finish(failed(step.record, unanswered(step, step.record.waitingFor?.error).toJSON(), step.now), {
    freeSlot: true,
  });
  return settled(step);
}
