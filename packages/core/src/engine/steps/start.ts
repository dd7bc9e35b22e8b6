import type { Started } from '../../model/adapter.js';
import { SluiceError } from '../../model/error.js';
import type { JsonValue } from '../../model/json.js';
import type { JobRecord } from '../../model/record.js';
import type { Advanced } from '../advance.js';
import { startAdmission } from '../limits.js';
import type { Step } from '../step.js';
import { failed } from '../transitions.js';
import { begun, settled, startFailed, waitForRoom } from './outcome.js';
import { prepare } from './prepare.js';
import { type Asked, askBefore, hasQuestions } from './ready.js';

/** From a request to the provider's answer: prepare, take slot and window, save the intent, send. */
export async function startStep(step: Step, onAdmitted: () => void): Promise<Advanced> {
  const prepared = await prepare(step);
  if ('advanced' in prepared) return prepared.advanced;
  const asked: Asked = hasQuestions(step) ? await askBefore(step, prepared.record) : prepared;
  if ('advanced' in asked) return asked.advanced;
  const { record, before } = asked;
  return (await admit(step, record, { onAdmitted, before })) ?? sendStart(step);
}

/** Takes slot and window and saves the intent; the outcome of the step when that cannot be. */
export async function admit(
  step: Step,
  prepared: JobRecord,
  { onAdmitted, before }: { onAdmitted: () => void; before?: JsonValue | undefined },
): Promise<Advanced | undefined> {
  const now = step.now;
  if (prepared.deadlineAt !== undefined && now >= prepared.deadlineAt) return giveUp(step, prepared);
  const deadlineAt = prepared.deadlineAt ?? now + (prepared.request?.deadlineMs ?? step.provider.deadlineMs);
  const { waitingFor: _waiting, ...rest } = prepared;
  const intended: JobRecord = {
    ...rest,
    // A start that carries the file is a transfer until it is answered.
    phase: prepared.phase === 'transfer' ? 'transfer' : 'provider',
    intent: {
      effect: 'start',
      key: startKey(prepared),
      savedAt: now,
      ...(before !== undefined && { before }),
    },
    startedAt: prepared.startedAt ?? now,
    deadlineAt,
  };
  const take = startAdmission(step.provider, intended, { now, deadlineAt });
  const saved = await step.save(intended, { take });
  if (saved.outcome === 'full') return waitForRoom(step, prepared, saved);
  onAdmitted();
  return undefined;
}

/** Each attempt of a job that is tried again is a start of its own. */
function startKey({ id, attempt = 1 }: JobRecord): string {
  return attempt === 1 ? `${id}-start` : `${id}-start-${attempt}`;
}

/** Sends the start whose intent is saved, and saves what came of it. */
export async function sendStart(step: Step): Promise<Advanced> {
  const { members } = step.provider;
  let started: Started;
  try {
    started = await members.start(await step.handedRequest(), step.context('starts'));
    // Without it the next step would start the job again.
    if (started.ref === undefined) throw new TypeError('it returned no ref');
  } catch (error) {
    return startFailed(step, error);
  }
  return begun(step, started);
}

/** The deadline came between two attempts to start: while the job waited for a slot, or for its time. */
async function giveUp(step: Step, record: JobRecord): Promise<Advanced> {
  const { provider } = step;
  const why = record.waitingFor?.error?.message ?? 'its limits left no room';
  const error = new SluiceError({
    code: record.waitingFor?.error?.code ?? 'timeout',
    retry: 'exhausted',
    message: `${provider.name}: not started by its deadline, ${new Date(step.now).toISOString()} (${why})`,
    provider: provider.name,
  });
  await step.finish(failed(record, error.toJSON(), step.now), { freeSlot: true });
  return settled(step);
}
