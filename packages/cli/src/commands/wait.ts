import { follow } from '../follow.js';
import type { CommonOptions, WaitingOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';
import { findJobs } from './find-jobs.js';

/** `sluice wait ID…`: carries these jobs on until they are over. */
export async function waitCommand(ids: string[], options: CommonOptions & WaitingOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const jobs = await findJobs(sluice, ids);
    return follow(options, async (follower) => {
      for (const job of jobs) void follower.add(job);
    });
  });
}
