import type { z } from 'zod';
import type { Bar, Figure } from '../figures/figure.js';
import type { BarPlot } from '../figures/plot.js';
import { interleave, median } from '../figures/statistics.js';
import { runWorkload } from '../processes/workload.js';
import type { StoreKind } from '../store/open-store.js';
import { importedSchema } from './import-jobs.js';

const sides = ['ky', 'memory', 'sqlite'] as const;
export type Side = (typeof sides)[number];

/** One comparison: the same jobs by each side, in turns. */
export interface Comparison {
  /** Also the name of its plot, in kebab-case. */
  name: string;
  title: string;
  jobs: number;
  warmUp: number;
  pollMs: number;
  /** For each run, what its calls go to. */
  withTarget<T>(use: (target: object) => Promise<T>): Promise<T>;
  progress(text: string): void;
}

/** How many imports are under way at once, on every side. */
export const concurrency = 50;

type Imported = z.output<typeof importedSchema>;
export type Samples = Map<Side, Imported[]>;

const sideNames: Record<Side, string> = {
  ky: 'bare ky',
  memory: 'Sluice, memory store',
  sqlite: 'Sluice, SQLite store',
};

/** Runs comparisons in turns: also what stands in different ones may then be set against each other. */
export async function compare(comparisons: readonly Comparison[], rounds: number): Promise<Samples[]> {
  const entrants = comparisons.flatMap((comparison) => sides.map((side) => ({ comparison, side })));
  const runs = await interleave({ sides: entrants, rounds }, ({ comparison, side }, round) => {
    comparison.progress(`${comparison.title}: ${sideNames[side]}, run ${round + 1} of ${rounds}`);
    return measure(comparison, side);
  });
  return comparisons.map(
    (one) =>
      new Map([...runs].flatMap(([{ comparison, side }, samples]) => (comparison === one ? [[side, samples]] : []))),
  );
}

function measure(comparison: Comparison, side: Side): Promise<Imported> {
  const { jobs, warmUp, pollMs } = comparison;
  return comparison.withTarget((target) =>
    runWorkload('import-jobs', {
      input: { side, jobs, warmUp, concurrency, pollMs, target },
      result: importedSchema,
    }),
  );
}

/** The wall time of a job on one side, in milliseconds, every run. */
export function timesOf(samples: Samples, side: Side): number[] {
  return (samples.get(side) ?? []).map(({ wallMs }) => wallMs);
}

/** A job's time on Sluice beside the time of its calls alone: as what is added, or as a ratio. */
export function besideKy(
  samples: Samples,
  side: StoreKind,
  { what, as, most }: { what: string; as: 'ms more' | 'times'; most?: number },
): Figure {
  const ours = median(timesOf(samples, side));
  const peer = median(timesOf(samples, 'ky'));
  const bar: Bar | undefined = most === undefined ? undefined : { is: 'at most', value: most };
  return {
    what,
    ours: { value: ours, unit: 'ms' },
    peer: { name: 'bare ky', value: peer, unit: 'ms' },
    figure: { value: as === 'times' ? ours / peer : ours - peer, unit: as },
    ...(bar !== undefined && { bar }),
  };
}

export function plotOf(samples: Samples, { name, title }: Comparison): BarPlot {
  const rows = sides.map((side) => ({
    label: sideNames[side],
    samples: timesOf(samples, side),
    ours: side !== 'ky',
  }));
  return { kind: 'bars', name, title: `${title}, time a job`, unit: 'ms', rows };
}
