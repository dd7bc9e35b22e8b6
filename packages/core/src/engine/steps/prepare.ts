import { SluiceError, toSluiceError } from '../../model/error.js';
import type { JobRecord } from '../../model/record.js';
import { isTransient } from '../../wire/failure.js';
import type { Advanced } from '../advance.js';
import { longestRetryMs } from '../due.js';
import { measureSource, sizeNeeded, unseenWarning } from '../measure-source.js';
import type { Step } from '../step.js';
import { failed, postponed, warned } from '../transitions.js';
import { TransferProgress } from '../upload/progress.js';
import { digestOf, openJobSource } from '../upload/source-bytes.js';
import { whileHeard } from '../upload/while-heard.js';
import { settled } from './outcome.js';

/**
 * Finds out before the start what has to be known of the source: its size, its sha-256. Nothing is asked where nothing is needed.
 * @returns the record to go on with, or the outcome of a step that ends here
 */
export async function prepare(step: Step): Promise<{ record: JobRecord } | { advanced: Advanced }> {
  const sized = await withSize(step);
  if ('advanced' in sized) return sized;
  if (!wantsDigest(step)) return sized;
  await step.save({ ...sized.record, phase: 'prepare' });
  try {
    return { record: await withDigest(step) };
  } catch (thrown) {
    const error = SluiceError.is(thrown) ? thrown : toSluiceError(thrown, 'source-unreachable');
    if (error.code === 'aborted') throw error;
    const { progress: _progress, ...record } = step.record;
    const mayHelp = isTransient(error) || (error.retry === 'later' && error.code !== 'integrity');
    return finish(step, mayHelp ? again(step, record, error) : failed(record, error.toJSON(), step.now));
  }
}

/** A source that cannot be reached now is asked again, but no longer than a job may take. */
function again(step: Step, record: JobRecord, error: SluiceError): JobRecord {
  const longestMs = record.request?.deadlineMs ?? step.provider.deadlineMs;
  if (record.failures * longestRetryMs < longestMs) return postponed(record, error, step.now);
  return failed(record, { ...error.toJSON(), retry: 'exhausted' }, step.now);
}

async function finish(step: Step, record: JobRecord): Promise<{ advanced: Advanced }> {
  await step.finish(record);
  return { advanced: settled(step) };
}

async function withSize(step: Step): Promise<{ record: JobRecord } | { advanced: Advanced }> {
  const { record, provider } = step;
  const expected = record.request?.expect?.size;
  const needed = provider.adapter.capabilities.needs?.includes('size') === true && expected === undefined;
  if ((expected === undefined && !needed) || record.measured?.looked === true) return { record };
  const seen = await measureSource(step);
  const measured = { ...record.measured, looked: true };
  if ('unseen' in seen) {
    if (!needed) return { record: warned({ ...record, measured }, [unseenWarning(seen.unseen)]) };
    if (seen.passing !== undefined) return finish(step, again(step, record, seen.passing));
    return finish(step, failed(record, sizeNeeded(step, seen.unseen).toJSON(), step.now));
  }
  const known: JobRecord = { ...record, measured: { ...measured, size: seen.size } };
  if (expected === undefined || seen.size === expected) return { record: known };
  const error = new SluiceError({
    code: 'integrity',
    message: `${provider.name}: the source has ${seen.size} bytes, expected ${expected}; nothing was sent`,
    provider: provider.name,
  });
  return finish(step, failed(known, error.toJSON(), step.now));
}

/** Bytes that were brought to the provider were hashed on their way. */
function wantsDigest({ record }: Step): boolean {
  return record.request?.expect?.sha256 === 'compute' && record.measured?.sha256 === undefined;
}

/** Reads the source once, from its beginning to its end. */
async function withDigest(step: Step): Promise<JobRecord> {
  const bytes = await whileHeard(step, () => openJobSource(step));
  try {
    const progress = new TransferProgress(step, { done: 0, total: bytes.size });
    const sha256 = await whileHeard(step, () => digestOf(step, bytes, progress.moved));
    const { progress: _progress, waitingFor: _waiting, ...record } = step.record;
    const measured = { ...record.measured, size: bytes.size, ...(sha256 !== undefined && { sha256 }) };
    return { ...record, failures: 0, measured };
  } finally {
    await bytes.close();
  }
}
