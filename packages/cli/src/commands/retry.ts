import { type Sluice, SluiceError } from '@sluice/core';
import { type Follower, follow } from '../follow.js';
import { filterOf, type JobSelection } from '../request/job-selection.js';
import type { CommonOptions, WaitingOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';
import { usageError } from '../usage.js';
import { findJobs } from './find-jobs.js';

/** What `sluice retry` takes. */
export interface RetryCommandOptions extends CommonOptions, WaitingOptions, JobSelection {
  failed?: boolean;
  evenUnknown?: boolean;
}

const followedAtOnce = 200;

/** `sluice retry ID…` or `--failed`: another attempt for jobs that failed. */
export async function retryCommand(ids: string[], options: RetryCommandOptions): Promise<number> {
  const all = options.failed === true;
  if (all === ids.length > 0) throw usageError('retry takes the ids of jobs, or --failed for all of them');
  return withSluice(options, async (sluice) => {
    const named = await findJobs(sluice, ids);
    return follow(options, (follower) =>
      all
        ? retryAll(sluice, follower, options)
        : retryNamed(sluice, follower, { ids: named.map(({ id }) => id), options }),
    );
  });
}

async function retryNamed(
  sluice: Sluice,
  follower: Follower,
  { ids, options }: { ids: string[]; options: RetryCommandOptions },
): Promise<void> {
  for (const id of ids) {
    try {
      void follower.add(await sluice.retry(id, { evenUnknown: options.evenUnknown === true }));
    } catch (error) {
      if (!SluiceError.is(error)) throw error;
      follower.refuse(error.message);
    }
  }
}

/** Those that another attempt may help; of the others, how many there are. */
async function retryAll(sluice: Sluice, follower: Follower, options: RetryCommandOptions): Promise<void> {
  let retried = 0;
  let unknown = 0;
  let hopeless = 0;
  for await (const { id, error } of sluice.jobs({ ...filterOf(options), states: ['failed'] })) {
    await follower.room(followedAtOnce);
    if (follower.interrupted) break;
    if (error?.code === 'unknown' && options.evenUnknown !== true) unknown += 1;
    else if (error?.code !== 'unknown' && error?.retry === 'never') hopeless += 1;
    else {
      await retryNamed(sluice, follower, { ids: [id], options });
      retried += 1;
    }
  }
  if (unknown > 0) {
    follower.refuse(
      `${unknown} jobs were started and never answered: look at the provider first, it may have the files, and have billed them; then --even-unknown`,
    );
  }
  if (hopeless > 0)
    follower.refuse(`${hopeless} jobs are left: trying them again would not help; sluice jobs --state failed says why`);
  if (retried + unknown + hopeless === 0) follower.note('nothing to retry: no job has failed');
}
