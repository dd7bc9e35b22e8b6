import { type ImportJob, SluiceError } from '@sluice/core';
import { exitCode } from '../exit-code.js';
import { createReporter } from '../output/create-reporter.js';
import type { Reporter } from '../output/reporter.js';
import type { CommonOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';
import { findJobs } from './find-jobs.js';

/** What `sluice cancel` takes. */
export interface CancelOptions extends CommonOptions {
  abandon?: boolean;
}

/** `sluice cancel ID…`: exit code 0 when all of them are canceled, 1 when one could not be. */
export async function cancelCommand(ids: string[], options: CancelOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const jobs = await findJobs(sluice, ids);
    const reporter = createReporter(options);
    let allCanceled = true;
    for (const job of jobs) {
      const canceled = await cancel(job, { abandon: options.abandon === true, reporter });
      allCanceled &&= canceled;
    }
    reporter.close();
    return allCanceled ? exitCode.completed : exitCode.failed;
  });
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
