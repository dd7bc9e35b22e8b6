import { SluiceError } from '@sluice/core';
import { Follower } from '../follow.js';
import { createReporter } from '../output/create-reporter.js';
import type { CommonOptions, WaitingOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';

/** `sluice resume`: carries on every job that is not over. */
export async function resumeCommand(options: CommonOptions & WaitingOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const reporter = createReporter(options);
    const follower = new Follower({ reporter, timeoutMs: options.timeout });
    let found = 0;
    for await (const { id } of sluice.jobs({ states: ['queued', 'running'] })) {
      found += 1;
      try {
        follower.add(await sluice.job(id));
      } catch (error) {
        // One job whose provider is no longer configured must not hold up the others.
        if (!SluiceError.is(error)) throw error;
        follower.refuse(`${id}: ${error.message}`);
      }
    }
    if (found === 0) reporter.note('nothing to resume: every job is over');
    return follower.finish(options);
  });
}
