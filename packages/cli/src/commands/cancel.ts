import { type ImportJob, type Sluice, SluiceError } from '@sluice/core';
import { exitCode } from '../exit-code.js';
import { createReporter } from '../output/create-reporter.js';
import type { Reporter } from '../output/reporter.js';
import { inPool } from '../pool.js';
import { filterOf, type JobSelection } from '../request/job-selection.js';
import type { CommonOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';
import { usageError } from '../usage.js';
import { findJobs } from './find-jobs.js';

/** What `sluice cancel` takes. */
export interface CancelOptions extends CommonOptions, JobSelection {
  all?: boolean;
  abandon?: boolean;
}

const atOnce = 16;

/** `sluice cancel ID…` or `--all`: exit code 0 when all of them are canceled, 1 when one could not be. */
export async function cancelCommand(ids: string[], options: CancelOptions): Promise<number> {
  if ((options.all === true) === ids.length > 0) throw usageError('cancel takes the ids of jobs, or --all');
  return withSluice(options, async (sluice) => {
    const jobs = options.all === true ? liveJobs(sluice, options) : await findJobs(sluice, ids);
    const reporter = createReporter(options);
    let allCanceled = true;
    let found = 0;
    await inPool(jobs, atOnce, async (job) => {
      found += 1;
      const canceled = await cancel(job, { abandon: options.abandon === true, reporter });
      allCanceled &&= canceled;
    });
    if (found === 0) reporter.note('nothing to cancel: no such job is still going');
    reporter.close();
    return allCanceled ? exitCode.completed : exitCode.failed;
  });
}

async function* liveJobs(sluice: Sluice, options: CancelOptions): AsyncIterable<ImportJob> {
  for await (const { id } of sluice.jobs({ ...filterOf(options), states: ['queued', 'running'] })) yield sluice.job(id);
}

async function cancel(
  job: ImportJob,
  { abandon, reporter }: { abandon: boolean; reporter: Reporter },
): Promise<boolean> {
  try {
    const snapshot = await job.cancel({ abandon });
    if (snapshot.state !== 'canceled') reporter.note(`${job.id}: it is ${snapshot.state}, there is nothing to cancel`);
    return snapshot.state === 'canceled';
  } catch (error) {
    if (!SluiceError.is(error)) throw error;
    const wayOut = error.code === 'unsupported' ? `; to stop following it here: sluice cancel ${job.id} --abandon` : '';
    reporter.note(`${job.id}: ${error.message}${wayOut}`);
    return false;
  } finally {
    reporter.ended(job.snapshot);
  }
}
