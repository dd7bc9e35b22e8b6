import type { Benchmark, BenchmarkOptions, Measured } from '../figures/benchmark.js';
import { interleave, median } from '../figures/statistics.js';
import { MissingProgram } from '../processes/debian.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { runWorkload } from '../processes/workload.js';
import { concurrency } from './durable-job.js';
import { withRedis } from './redis.js';
import { rateSchema } from './sqlite-jobs.js';

const rounds = 5;
const jobs = 5_000;
const warmUp = 2_000;

/** How many jobs a second a durable store takes in, hands out and sees completed. */
export const store: Benchmark = {
  name: 'store',
  title: 'Durable store: add, claim, complete',
  run: async (options) => {
    try {
      return await withTemporaryFolder((folder) => withRedis(folder, (port) => besideRedis(options, port)));
    } catch (error) {
      if (!(error instanceof MissingProgram)) throw error;
      return { figures: [], plots: [], notes: [], missed: [`SQLite beside BullMQ on Redis: ${error.message}`] };
    }
  },
};

async function besideRedis({ progress }: BenchmarkOptions, port: number): Promise<Measured> {
  const sides = ['sqlite-jobs', 'bullmq-jobs'] as const;
  const names = { 'sqlite-jobs': 'Sluice, SQLite store', 'bullmq-jobs': 'BullMQ on Redis' };
  const rates = await interleave({ sides, rounds }, async (side, round) => {
    progress(`${names[side]}, run ${round + 1} of ${rounds}`);
    const { perSecond } = await runWorkload(side, { input: { jobs, warmUp, port }, result: rateSchema });
    return perSecond;
  });
  const ratesOf = (side: (typeof sides)[number]) => rates.get(side) ?? [];
  const ours = median(ratesOf('sqlite-jobs'));
  const peer = median(ratesOf('bullmq-jobs'));
  return {
    figures: [
      {
        what: 'SQLite store (FULL) / BullMQ on Redis (AOF everysec)',
        ours: { value: ours, unit: 'jobs/s' },
        peer: { name: 'BullMQ', value: peer, unit: 'jobs/s' },
        figure: { value: ours / peer, unit: 'times' },
        bar: { is: 'at least', value: 1.5 },
      },
    ],
    plots: [
      {
        ...{ kind: 'bars', name: 'store', title: 'Add, claim and complete', unit: 'jobs/s' },
        rows: sides.map((side) => ({ label: names[side], samples: ratesOf(side), ours: side === 'sqlite-jobs' })),
      },
    ],
    notes: [
      `${jobs.toLocaleString('en-US')} jobs with a request of about 300 bytes, ${concurrency} at once, medians of ${rounds} runs`,
      'SQLite: synchronous=FULL, so that a job is on disk before its call returns; Redis may lose the last second',
    ],
    missed: [],
  };
}
