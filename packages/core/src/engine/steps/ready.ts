import type { JsonValue } from '../../model/json.js';
import type { JobRecord } from '../../model/record.js';
import { boundedWait } from '../../wire/rate.js';
import type { Advanced } from '../advance.js';
import { leaseMs } from '../lease-keeper.js';
import { slotRequest } from '../limits.js';
import type { Step } from '../step.js';
import { settled, startFailed, waitForRoom } from './outcome.js';
import { takeWindow } from './window.js';

const soonestAgainMs = 100;
/** A slot is kept so much longer than until the next question, so that the one who asks keeps its place. */
const slotMarginMs = 4 * leaseMs;

/** What the provider said before the start; or the step has ended, because it is not the time yet or a question failed. */
export type Asked = { advanced: Advanced } | { record: JobRecord; before?: JsonValue };

/** True for an adapter that wants to ask its provider something before a start. */
export function hasQuestions({ provider }: Step): boolean {
  return provider.members.ready !== undefined || provider.members.before !== undefined;
}

/** Asks what has to be known before the intent: may the job start now, and what is at the provider already? */
export async function askBefore(step: Step, prepared: JobRecord): Promise<Asked> {
  const slot = slotRequest(step.provider, prepared, step.now + slotMarginMs);
  const saved = await step.save(prepared, slot === undefined ? {} : { take: { slot } });
  if (saved.outcome === 'full') return { advanced: await waitForRoom(step, prepared, saved) };
  try {
    const notYet = await askReady(step);
    if (notYet !== undefined) return { advanced: notYet };
    return await askState(step);
  } catch (error) {
    return { advanced: await startFailed(step, error) };
  }
}

/** @returns the outcome of the step where the job has to wait */
async function askReady(step: Step): Promise<Advanced | undefined> {
  const { ready } = step.provider.members;
  if (ready === undefined) return undefined;
  const full = await takeWindow(step, 'statuses');
  if (full !== undefined) return full;
  const answer = await ready(step.request(), step.context('statuses'));
  if ('go' in answer) return undefined;
  const at = step.now + Math.max(soonestAgainMs, boundedWait(answer.again) ?? step.provider.pollIntervalMs);
  const slot = slotRequest(step.provider, step.record, at + slotMarginMs);
  const record: JobRecord = {
    ...step.record,
    failures: 0,
    dueAt: at,
    waitingFor: { what: 'provider', until: at, why: step.redact(answer.why) },
  };
  // Kept while it waits: those behind it in the lane need not ask the provider too.
  await step.save(record, slot === undefined ? {} : { take: { slot } });
  await step.finish(record);
  return settled(step);
}

async function askState(step: Step): Promise<Asked> {
  const { before } = step.provider.members;
  if (before === undefined) return { record: step.record };
  const full = await takeWindow(step, 'statuses');
  if (full !== undefined) return { advanced: full };
  return { record: step.record, before: await before(step.request(), step.context('statuses')) };
}
