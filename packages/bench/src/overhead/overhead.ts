import * as z from 'zod';
import type { Benchmark, BenchmarkOptions, Measured } from '../figures/benchmark.js';
import { median } from '../figures/statistics.js';
import { startWorkload } from '../processes/workload.js';
import { besideKy, type Comparison, compare, concurrency, plotOf, timesOf } from './compare.js';

const rounds = 5;

/** What the engine adds to a URL job's own calls: without a network, over loopback, and on the emulator. */
export const overhead: Benchmark = {
  name: 'overhead',
  title: "Engine overhead of a URL job, beyond the job's own HTTP calls",
  run: async (options) => {
    const parts = [
      await scripted(options),
      await furtherLooks(options),
      await loopback(options),
      await emulator(options),
    ];
    return {
      figures: parts.flatMap(({ figures }) => figures),
      plots: parts.flatMap(({ plots }) => plots),
      notes: [
        `${concurrency} jobs at once; every side in a process of its own`,
        ...parts.flatMap(({ notes }) => notes),
      ],
      missed: [],
    };
  },
};

async function scripted({ progress }: BenchmarkOptions): Promise<Measured> {
  const comparison: Comparison = {
    ...{ name: 'overhead-scripted', title: 'URL job, scripted calls', sides: ['ky', 'memory', 'sqlite'] },
    ...{ rounds, jobs: 5_000, warmUp: 2_000, pollMs: 1, progress },
    withTarget: (use) => use({ looks: 1 }),
  };
  const samples = await compare(comparison);
  return {
    figures: [
      besideKy(samples, 'memory', { what: 'URL job, scripted calls, memory store', as: 'ms more', most: 0.1 }),
      besideKy(samples, 'sqlite', { what: 'URL job, scripted calls, SQLite store', as: 'ms more', most: 0.5 }),
    ],
    plots: [plotOf(samples, comparison)],
    notes: [`scripted: ${jobsText(comparison)}, a start and one look each, answered in the process without a network`],
    missed: [],
  };
}

/** The same with three looks: how much of the overhead comes again with every look. */
async function furtherLooks({ progress }: BenchmarkOptions): Promise<Measured> {
  const comparison: Comparison = {
    ...{ name: 'overhead-looks', title: 'URL job, scripted calls', sides: ['ky', 'memory', 'sqlite'] },
    ...{ rounds: 3, jobs: 3_000, warmUp: 2_000, pollMs: 1, progress },
    withTarget: (use) => use({ looks: 3 }),
  };
  const three = await compare({ ...comparison, title: 'three looks' });
  const one = await compare({ ...comparison, title: 'one look', withTarget: (use) => use({ looks: 1 }) });
  const look = (side: 'ky' | 'memory' | 'sqlite') => (median(timesOf(three, side)) - median(timesOf(one, side))) / 2;
  const figure = (side: 'memory' | 'sqlite', what: string) => ({
    what,
    ours: { value: look(side), unit: 'ms' as const },
    peer: { name: 'bare ky', value: look('ky'), unit: 'ms' as const },
    figure: { value: look(side) - look('ky'), unit: 'ms more' as const },
  });
  return {
    figures: [
      figure('memory', 'each further look, scripted, memory store'),
      figure('sqlite', 'each further look, scripted, SQLite store'),
    ],
    plots: [],
    notes: [],
    missed: [],
  };
}

async function loopback({ progress }: BenchmarkOptions): Promise<Measured> {
  const comparison: Comparison = {
    ...{ name: 'overhead-loopback', title: 'URL job, loopback', sides: ['ky', 'memory', 'sqlite'] },
    ...{ rounds, jobs: 3_000, warmUp: 1_000, pollMs: 1, progress },
    withTarget: async (use) => {
      const server = await startWorkload('fixed-server', {
        input: { looks: 1 },
        result: z.object({ baseUrl: z.url() }),
      });
      try {
        return await use({ ...server.ready, apiKey: 'a-key' });
      } finally {
        await server.stop();
      }
    },
  };
  const samples = await compare(comparison);
  return {
    figures: [
      besideKy(samples, 'memory', { what: 'URL job, calls over loopback, memory store', as: 'ms more', most: 0.1 }),
      besideKy(samples, 'sqlite', { what: 'URL job, calls over loopback, SQLite store', as: 'ms more', most: 0.5 }),
    ],
    plots: [plotOf(samples, comparison)],
    notes: [`loopback: ${jobsText(comparison)}, the same calls to a server in another process that answers at once`],
    missed: [],
  };
}

const callsSchema = z.object({ starts: z.int(), statuses: z.int() });
const laneSchema = z.object({ baseUrl: z.url(), apiKey: z.string(), source: z.url() });

async function emulator({ progress, full }: BenchmarkOptions): Promise<Measured> {
  const calls: number[] = [];
  const jobs = full ? 100_000 : 10_000;
  const warmUp = 500;
  const comparison: Comparison = {
    ...{ name: 'overhead-emulator', title: 'URL job, emulator', sides: ['ky', 'memory', 'sqlite'] },
    ...{ rounds: 3, jobs, warmUp, pollMs: 20, progress },
    withTarget: async (use) => {
      const lane = await startWorkload('emulator', { input: null, result: laneSchema, last: callsSchema });
      const used = await use(lane.ready);
      const counted = await lane.stop();
      if (counted !== undefined) calls.push((counted.starts + counted.statuses) / (jobs + warmUp));
      return used;
    },
  };
  const samples = await compare(comparison);
  const many = jobs.toLocaleString('en-US');
  const range = [Math.min(...calls), Math.max(...calls)].map((count) => count.toFixed(2));
  return {
    figures: [
      besideKy(samples, 'memory', { what: `${many} URL jobs on the emulator, memory store`, as: 'times', most: 1.3 }),
      besideKy(samples, 'sqlite', { what: `${many} URL jobs on the emulator, SQLite store`, as: 'times' }),
    ],
    plots: [plotOf(samples, comparison)],
    notes: [
      `emulator: ${jobsText(comparison)}, its fast lane; it counted ${range.join(' to ')} calls a job, all sides`,
    ],
    missed: [],
  };
}

function jobsText({ jobs, rounds: runs }: Comparison): string {
  return `${jobs.toLocaleString('en-US')} jobs, medians of ${runs} runs`;
}
