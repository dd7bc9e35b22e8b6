import { SluiceError } from '../model/error.js';
import type { JobRecord, PutFile } from '../model/record.js';
import { firstRecord } from './callback.js';
import type { Engine } from './engine.js';
import { foreignError, providerOf } from './providers.js';
import { readJob } from './read-job.js';

/** What {@link retryJob} may do. */
export interface RetryOptions {
  /** Also a job whose start was sent and never answered: look at the provider first, it may have the file, and have billed it. */
  evenUnknown?: boolean;
}

/**
 * Gives a failed job another attempt, with the request that was kept for it.
 * @throws SluiceError `conflict` for a job that has not failed, or that another attempt would not help
 */
export async function retryJob(engine: Engine, id: string, options: RetryOptions): Promise<JobRecord> {
  const record = await readJob(engine, id);
  const refusal = refusalOf(record, options);
  if (refusal !== undefined) throw refusedError(record, refusal);
  const now = engine.clock.now();
  const provider = providerOf(engine, record);
  if (provider === undefined) throw foreignError(record);
  const next = await firstRecord(engine, { record: anew(record, now), provider });
  if (await engine.store.reopen({ record: next, from: record.updatedAt, now })) return next;
  throw refusedError(record, 'another process has changed it meanwhile');
}

/** Why a job cannot have another attempt; undefined when it can. */
function refusalOf({ state, error, request }: JobRecord, { evenUnknown = false }: RetryOptions): string | undefined {
  if (state !== 'failed') return `it is ${state}, and only a failed job is tried again`;
  if (request === undefined) return 'its request was not kept; import it again';
  if (error?.code === 'unknown') {
    return evenUnknown
      ? undefined
      : 'its start was sent and never answered: look at the provider first, it may have the file, and have billed it; then say "even unknown"';
  }
  return error?.retry === 'never' ? `trying again would not help (${error.message})` : undefined;
}

function refusedError({ id, provider }: JobRecord, why: string): SluiceError {
  return new SluiceError({ code: 'conflict', message: `job ${id} is not tried again: ${why}`, provider });
}

/** The job as it was before its first attempt, but for its warnings. */
function anew(record: JobRecord, now: number): JobRecord {
  const { id, key, provider, adapter, lane, route, put, priority, createdAt, display, request, warnings } = record;
  return {
    ...{ id, ...(key !== undefined && { key }), provider, adapter, lane, priority, createdAt, display },
    ...(route !== undefined && { route }),
    ...(put !== undefined && { put: { ...put, files: put.files.flatMap(standing) } }),
    ...(request !== undefined && { request }),
    attempt: (record.attempt ?? 1) + 1,
    state: 'queued',
    phase: 'prepare',
    updatedAt: now,
    dueAt: now,
    items: [],
    warnings,
    failures: 0,
    idleLooks: 0,
  };
}

/** What the last attempt left in a bucket need not be put there again, and is not this one's to take away. */
function standing(file: PutFile): PutFile[] {
  return 'error' in file ? [] : [{ ...file, outcome: 'existing' }];
}
