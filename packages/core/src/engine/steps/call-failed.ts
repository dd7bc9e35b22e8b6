import { SluiceError } from '../../model/error.js';
import { saidBy } from '../../model/issues.js';
import type { JobRecord } from '../../model/record.js';
import type { Message } from '../../store/contract.js';
import { mayPass } from '../../wire/failure.js';
import type { Advanced } from '../advance.js';
import { retryAt } from '../due.js';
import type { Step } from '../step.js';
import { postponed } from '../transitions.js';
import { settled } from './outcome.js';

/** How soon to ask again where asking will not help until somebody mends something, in milliseconds. */
const unhelpfulWaitMs = 10_000;

/**
 * A call's error is never the job's verdict: it is tried again later. Where that will not help (credentials refused, an
 * answer that makes no sense, several times in a row), those who wait are told, and the job stays alive.
 */
export async function callFailed(
  step: Step,
  failure: { error: SluiceError; record?: JobRecord; soonestAt?: number; consumed?: Message[] },
): Promise<Advanced> {
  const { error, record = step.record, soonestAt = 0, consumed = [] } = failure;
  const patient = mayPass(error, step.record.failures) || error.code === 'not-found';
  const next = postponed(record, error, step.now);
  const at = patient ? soonestAt : retryAt(step.now, 1, unhelpfulWaitMs);
  const dueAt = Math.min(Math.max(next.dueAt ?? 0, at), record.deadlineAt ?? Number.POSITIVE_INFINITY);
  await step.finish({ ...next, dueAt }, { consumed });
  return patient ? settled(step) : { next: 'stuck', at: dueAt, error: alive(error, step) };
}

/** What an adapter's member threw: errors of ours as they are, others as its own failure; an abort goes on its way. */
export function asCallError(step: Step, thrown: unknown, doing: string): SluiceError {
  if (SluiceError.is(thrown)) {
    if (thrown.code === 'aborted') throw thrown;
    return step.redactThrown(thrown);
  }
  const error = new SluiceError({
    code: 'protocol',
    message: `${step.provider.name}: the adapter cannot ${doing}: ${saidBy(thrown)}`,
    provider: step.provider.name,
    cause: thrown,
  });
  return step.redactThrown(error);
}

function alive(error: SluiceError, step: Step): SluiceError {
  const message = `${error.message}. The job ${step.record.id} is alive at the provider; once this is mended, wait for it again`;
  return new SluiceError({ ...error.toJSON(), message, cause: error });
}
