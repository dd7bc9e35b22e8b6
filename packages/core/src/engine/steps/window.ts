import type { Advanced } from '../advance.js';
import { type CallKind, windowHit } from '../limits.js';
import type { Step } from '../step.js';
import { settled } from './outcome.js';

/**
 * Takes a place in the window of such calls before one is made.
 * @returns undefined when there is one; else the step has ended, and the job is due when there will be
 */
export async function takeWindow(step: Step, kind: CallKind): Promise<Advanced | undefined> {
  const lookAgainMs = 1_000;
  const { provider, record, now } = step;
  const hit = windowHit(provider, { lane: record.lane, kind, now });
  if (hit === undefined) return undefined;
  const saved = await step.save(record, { take: { hits: [hit] } });
  if (saved.outcome !== 'full') return undefined;
  const deadlineAt = record.deadlineAt !== undefined && record.deadlineAt > now ? record.deadlineAt : undefined;
  const at = Math.min(saved.until ?? now + lookAgainMs, deadlineAt ?? Number.POSITIVE_INFINITY);
  await step.finish({ ...record, dueAt: at });
  return settled(step);
}
