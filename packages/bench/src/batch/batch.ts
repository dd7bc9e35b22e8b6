import * as z from 'zod';
import type { Benchmark, BenchmarkOptions, Measured } from '../figures/benchmark.js';
import type { Figure } from '../figures/figure.js';
import { concurrency } from '../overhead/compare.js';
import { importedSchema } from '../overhead/import-jobs.js';
import { runWorkload, startWorkload } from '../processes/workload.js';
import { batchSchema } from './batch-rows.js';

const laneSchema = z.object({ baseUrl: z.url(), apiKey: z.string(), source: z.url() });
const callsSchema = z.object({ starts: z.int(), statuses: z.int() });
const pollMs = 20;

/** Heap of a great batch over that of a tenth of it: what is left when it is by what is in hand. */
const flat = 1.35;

interface Run {
  rows: number;
  sqlite: z.output<typeof batchSchema>;
  memory: z.output<typeof batchSchema>;
  kyMs: number;
  starts: number;
}

/** Batches of 1,000 rows to 100,000: time beside the bare calls, and memory by the number of rows. */
export const batch: Benchmark = {
  name: 'batch',
  title: 'Batches: many rows against the emulator',
  run: async (options) => {
    const counts = options.full ? [1_000, 10_000, 100_000] : [1_000, 10_000];
    const runs: Run[] = [];
    for (const rows of counts) runs.push(await measure(rows, options));
    return measured(runs);
  },
};

async function measure(rows: number, { progress }: BenchmarkOptions): Promise<Run> {
  const onLane = async <Result>(what: string, use: (target: object) => Promise<Result>) => {
    progress(`${rows.toLocaleString('en-US')} rows: ${what}`);
    const lane = await startWorkload('emulator', { input: null, result: laneSchema, last: callsSchema });
    const result = await use(lane.ready);
    return { result, starts: (await lane.stop())?.starts ?? 0 };
  };
  const ky = await onLane('bare ky', (target) =>
    runWorkload('import-jobs', {
      input: { side: 'ky', jobs: rows, warmUp: 0, concurrency, pollMs, target },
      result: importedSchema,
    }),
  );
  const batchOn = (store: 'sqlite' | 'memory') =>
    onLane(`sluice.batch, ${store} store`, (target) =>
      runWorkload('batch-rows', {
        input: { store, rows, concurrency, pollMs, target },
        result: batchSchema,
        nodeOptions: ['--expose-gc'],
      }),
    );
  const sqlite = await batchOn('sqlite');
  const memory = await batchOn('memory');
  return { rows, sqlite: sqlite.result, memory: memory.result, kyMs: ky.result.wallMs, starts: sqlite.starts };
}

function measured(runs: Run[]): Measured {
  const last = runs.at(-1);
  const before = runs.at(-2);
  if (last === undefined || before === undefined) throw new Error('two numbers of rows are needed');
  const many = last.rows.toLocaleString('en-US');
  const beside = (what: string, wallMs: number, most?: number): Figure => ({
    what: `${many} rows, ${what}, time a row`,
    ours: { value: wallMs, unit: 'ms' },
    peer: { name: 'bare ky, lazy loop', value: last.kyMs, unit: 'ms' },
    figure: { value: wallMs / last.kyMs, unit: 'times' },
    ...(most !== undefined && { bar: { is: 'at most', value: most } }),
  });
  const megabytes = (bytes: number) => ({ value: bytes / 1_000_000, unit: 'MB' as const });
  return {
    figures: [
      beside('memory store', last.memory.wallMs, 1.3),
      beside('SQLite store', last.sqlite.wallMs),
      {
        what: `${many} rows, SQLite store, heap in use`,
        ours: megabytes(last.sqlite.heapBytes),
        peer: { name: `${before.rows.toLocaleString('en-US')} rows`, ...megabytes(before.sqlite.heapBytes) },
        figure: { value: last.sqlite.heapBytes / before.sqlite.heapBytes, unit: 'times' },
        bar: { is: 'at most', value: flat },
      },
      {
        what: `${many} rows that are done, SQLite store, time a row`,
        ours: { value: last.sqlite.skipMs, unit: 'ms' },
        figure: { value: last.sqlite.skipMs, unit: 'ms' },
      },
    ],
    plots: [
      {
        ...{
          kind: 'lines',
          name: 'batch-memory',
          title: 'Heap in use near the end of a batch',
          unit: 'MB',
          along: 'rows',
        },
        series: (['sqlite', 'memory'] as const).map((store) => ({
          label: `${store} store`,
          points: runs.map((run) => ({ x: run.rows, y: run[store].heapBytes / 1_000_000 })),
        })),
      },
    ],
    notes: runs.map(
      ({ rows, sqlite, starts }) =>
        `${rows.toLocaleString('en-US')} rows, SQLite store: at most ${Math.round(sqlite.peakBytes / 1_000_000)} MB with what waits to be collected; ${sqlite.ended} ended, then ${sqlite.skipped} skipped; the emulator saw ${starts} starts`,
    ),
    missed: [],
  };
}
