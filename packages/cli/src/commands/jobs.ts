import type { ImportSnapshot, JobState } from '@sluice/core';
import { exitCode } from '../exit-code.js';
import { formatDistance } from '../output/format.js';
import { jobLine } from '../output/job-line.js';
import { renderTable } from '../output/table.js';
import { printable } from '../output/text.js';
import { filterOf, type JobSelection } from '../request/job-selection.js';
import type { CommonOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';

/** What `sluice jobs` takes. */
export interface JobsOptions extends CommonOptions, JobSelection {
  state?: JobState[];
  limit?: number;
}

/** `sluice jobs`: the newest first; with `--json` all that match, a line each. */
export async function jobsCommand(options: JobsOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const { state: states, limit } = options;
    const filter = {
      ...filterOf(options),
      ...(states && { states }),
      ...(limit !== undefined && { limit }),
    };
    const found = sluice.jobs({ ...filter, order: 'newest' });
    await (options.json === true ? printLines(found) : printTable(found));
    return exitCode.completed;
  });
}

async function printLines(jobs: AsyncIterable<ImportSnapshot>): Promise<void> {
  for await (const snapshot of jobs) process.stdout.write(`${JSON.stringify(jobLine(snapshot))}\n`);
}

async function printTable(jobs: AsyncIterable<ImportSnapshot>): Promise<void> {
  const rows = [['JOB', 'STATE', 'PROVIDER', 'NAME', 'UPDATED']];
  for await (const { id, state, provider, name, updatedAt } of jobs) {
    rows.push([id, state, provider, printable(name), `${formatDistance(Date.now() - Date.parse(updatedAt))} ago`]);
  }
  if (rows.length === 1) {
    process.stderr.write('sluice: no jobs\n');
    return;
  }
  const columns = process.stdout.isTTY ? process.stdout.columns : undefined;
  process.stdout.write(`${renderTable(rows, { flexible: 3, columns }).join('\n')}\n`);
}
