import { exitCode } from '../exit-code.js';
import { hasFailed } from '../outcome.js';
import { jobLine } from '../output/job-line.js';
import { renderResult } from '../output/result.js';
import { styleOf } from '../output/style.js';
import type { CommonOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';
import { findJobs } from './find-jobs.js';

/** `sluice status ID…`: what is known, without asking the provider, whoever works on it. */
export async function statusCommand(ids: string[], options: CommonOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const snapshots = (await findJobs(sluice, ids)).map((job) => job.snapshot);
    for (const snapshot of snapshots) {
      const lines =
        options.json === true
          ? [JSON.stringify(jobLine(snapshot))]
          : renderResult(snapshot, { style: styleOf(process.stdout), now: Date.now() });
      process.stdout.write(`${lines.join('\n')}\n`);
    }
    return snapshots.some(hasFailed) ? exitCode.failed : exitCode.completed;
  });
}
