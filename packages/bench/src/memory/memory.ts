import type { Benchmark } from '../figures/benchmark.js';
import type { Bar, Figure } from '../figures/figure.js';
import type { LinePlot } from '../figures/plot.js';
import { runWorkload } from '../processes/workload.js';
import type { StoreKind } from '../store/open-store.js';
import { waitingSchema } from './waiting-jobs.js';

const counts = [1_000, 10_000, 50_000];

/** Less than this is no growth: the collector's own rounding, over so many jobs. Bytes a job. */
const noGrowth = 16;

interface Case {
  store: StoreKind;
  waitFor: 'slot' | 'look';
  followed?: boolean;
  label: string;
  bar?: Bar;
}

const cases: Case[] = [
  { store: 'memory', waitFor: 'slot', label: 'memory store, waiting for a slot', bar: { is: 'at most', value: 2_048 } },
  { store: 'memory', waitFor: 'look', label: 'memory store, waiting for a look', bar: { is: 'at most', value: 2_048 } },
  {
    store: 'sqlite',
    waitFor: 'slot',
    label: 'SQLite store, waiting for a slot',
    bar: { is: 'at most', value: noGrowth },
  },
  {
    store: 'sqlite',
    waitFor: 'look',
    label: 'SQLite store, waiting for a look',
    bar: { is: 'at most', value: noGrowth },
  },
  { store: 'sqlite', waitFor: 'look', followed: true, label: 'SQLite store, each followed by a job.wait()' },
];

/** What a job that waits costs in memory: the slope between few and many of them. */
export const memory: Benchmark = {
  name: 'memory',
  title: 'Memory of a waiting job',
  run: async ({ progress }) => {
    const figures: Figure[] = [];
    const series: LinePlot['series'] = [];
    for (const { store, waitFor, followed = false, label, bar } of cases) {
      progress(label);
      const { points } = await runWorkload('waiting-jobs', {
        input: { store, waitFor, followed, counts },
        result: waitingSchema,
        nodeOptions: ['--expose-gc'],
      });
      const bytes = slope(points);
      const amount = { value: bytes, unit: 'B' } as const;
      figures.push({ what: label, ours: amount, figure: amount, ...(bar !== undefined && { bar }) });
      series.push({ label, points: points.map(({ jobs, bytes: used }) => ({ x: jobs, y: used / 1e6 })) });
    }
    return {
      figures,
      plots: [
        { kind: 'lines', name: 'memory', title: 'Memory with jobs waiting', unit: 'MB', along: 'waiting jobs', series },
      ],
      notes: [
        `heap and external memory after a collection, at ${counts.map((count) => count.toLocaleString('en-US')).join(', ')} jobs`,
        'the figure is the growth from the first of them to the last, a job',
        `2 KB are 2,048 B; with SQLite nothing may grow, which is to say less than ${noGrowth} B a job`,
      ],
      missed: [],
    };
  },
};

function slope(points: { jobs: number; bytes: number }[]): number {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was measured');
  return (last.bytes - first.bytes) / (last.jobs - first.jobs);
}
