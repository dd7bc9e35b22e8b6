import type { Started } from '../../model/adapter.js';
import { SluiceError } from '../../model/error.js';
import type { JsonValue } from '../../model/json.js';
import type { JobRecord } from '../../model/record.js';
import type { Advanced } from '../advance.js';
import type { Step } from '../step.js';
import { failed, postponed } from '../transitions.js';
import { asStartError, begun, mayStartAgain, settled, unanswered } from './outcome.js';

/** Runs a later effect: its intent is saved first, as that of a start. */
export async function runEffect(
  step: Step,
  observed: JobRecord,
  next: { effect: string; input: JsonValue },
): Promise<Advanced> {
  const { effect, input } = next;
  const intent = { effect, key: `${observed.id}-${effect}`, savedAt: step.now, input };
  await step.save({ ...observed, intent });
  return sendEffect(step);
}

/** Sends the effect whose intent is saved, and saves what came of it. */
export async function sendEffect(step: Step): Promise<Advanced> {
  const { intent } = step.record;
  const { effects } = step.provider.members;
  let started: Started;
  try {
    const effect = intent === undefined ? undefined : effects?.[intent.effect];
    if (effect === undefined) throw new TypeError(`it has no effect "${intent?.effect}"`);
    started = await effect(intent?.input ?? null, step.context());
  } catch (error) {
    return effectFailed(step, error);
  }
  return begun(step, started);
}

/** Saves what an error means: surely nothing done, and then the next look asks for it again, or not known. */
async function effectFailed(step: Step, thrown: unknown): Promise<Advanced> {
  const error = asStartError(thrown, step);
  const { provider, record, now } = step;
  const recoverable = provider.adapter.capabilities.idempotentStart || provider.members.recover !== undefined;
  if (error.ambiguous === true) {
    if (error.code === 'aborted') throw error;
    const next = recoverable ? postponed(record, error, now) : failed(record, unanswered(step, error).toJSON(), now);
    await step.finish(next, { freeSlot: !recoverable });
    return settled(step);
  }
  const { intent: _intent, ...undone } = record;
  if (error.code === 'aborted') {
    await step.finish({ ...undone, dueAt: now });
    return settled(step);
  }
  const late = record.deadlineAt !== undefined && now >= record.deadlineAt;
  const mayHelp = mayStartAgain(step, error);
  const goesOn = mayHelp && !late;
  const fields = late && mayHelp ? { ...error.toJSON(), retry: 'exhausted' as const } : error.toJSON();
  await step.finish(goesOn ? postponed(undone, error, now) : failed(undone, fields, now), { freeSlot: !goesOn });
  return settled(step);
}

/** A snapshot asked for an effect, and the job cannot have another one open. */
export function assertKnownEffect(step: Step, effect: string): void {
  if (step.provider.members.effects?.[effect] !== undefined) return;
  const message = `${step.provider.name}: the adapter asks for the effect "${effect}", which it does not have`;
  throw new SluiceError({ code: 'protocol', message, provider: step.provider.name });
}
