import type { Recovered } from '../../model/adapter.js';
import type { JobRecord } from '../../model/record.js';
import type { Advanced } from '../advance.js';
import type { Step } from '../step.js';
import { failed, postponed } from '../transitions.js';
import { asCallError, callFailed } from './call-failed.js';
import { sendEffect } from './effect.js';
import { begun, settled, stillUnanswered } from './outcome.js';
import { sendStart } from './start.js';
import { takeWindow } from './window.js';

/** An intent was saved and no answer to it: find out what became of it, without ever paying twice. */
export async function recoverStep(step: Step): Promise<Advanced> {
  const { provider, record } = step;
  const repeatable = provider.adapter.capabilities.idempotentStart;
  if (!repeatable && provider.members.recover === undefined) return giveUp(step);
  if (record.deadlineAt !== undefined && step.now >= record.deadlineAt) return giveUp(step);
  const full = await takeWindow(step, repeatable ? 'starts' : 'statuses');
  if (full !== undefined) return full;
  if (!repeatable) return askProvider(step);
  // The same call under the same key makes no second job.
  return isStart(step) ? sendStart(step) : sendEffect(step);
}

function isStart({ record }: Step): boolean {
  return record.intent?.effect === 'start';
}

async function askProvider(step: Step): Promise<Advanced> {
  const { provider, record } = step;
  let found: Recovered | undefined;
  try {
    if (record.intent !== undefined) {
      found = await provider.members.recover?.(step.request(), record.intent, step.context('statuses'));
    }
  } catch (error) {
    return callFailed(step, {
      error: asCallError(step, error, `find out what became of the ${record.intent?.effect}`),
    });
  }
  if (found?.found === 'started') return begun(step, found);
  if (found?.found === 'nothing') {
    const { intent: _intent, waitingFor: _waiting, ...rest } = record;
    // A later effect is asked for again by the next look.
    const next: JobRecord = isStart(step) ? { ...rest, phase: 'prepare' } : rest;
    await step.finish({ ...next, dueAt: step.now }, { freeSlot: isStart(step) });
    return settled(step);
  }
  await step.finish(postponed(record, stillUnanswered(step), step.now));
  return settled(step);
}

async function giveUp(step: Step): Promise<Advanced> {
  const { record, now } = step;
  await step.finish(failed(record, stillUnanswered(step).toJSON(), now), { freeSlot: true });
  return settled(step);
}
