import * as z from 'zod';
import type { Benchmark, BenchmarkOptions, Measured } from '../figures/benchmark.js';
import type { Figure } from '../figures/figure.js';
import { median } from '../figures/statistics.js';
import { startWorkload } from '../processes/workload.js';
import type { StoreKind } from '../store/open-store.js';
import {
  besideKy,
  type Comparison,
  compare,
  concurrency,
  plotOf,
  type Samples,
  type Side,
  timesOf,
} from './compare.js';

/** What the engine adds to a URL job's own calls: without a network, over loopback, and on the emulator. */
export const overhead: Benchmark = {
  name: 'overhead',
  title: "Engine overhead of a URL job, beyond the job's own HTTP calls",
  run: async (options) => {
    const parts = [await scripted(options), await loopback(options), await emulator(options)];
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
  const rounds = 5;
  const oneLook: Comparison = {
    ...{ name: 'overhead-scripted', title: 'URL job, scripted calls' },
    ...{ jobs: 3_000, warmUp: 2_000, pollMs: 1, progress },
    withTarget: (use) => use({ looks: 1 }),
  };
  const threeLooks: Comparison = {
    ...oneLook,
    title: `${oneLook.title}, three looks`,
    withTarget: (use) => use({ looks: 3 }),
  };
  const [one = new Map(), three = new Map()] = await compare([oneLook, threeLooks], rounds);
  return {
    figures: [
      besideKy(one, 'memory', { what: 'URL job, scripted calls, memory store', as: 'ms more', most: 0.1 }),
      besideKy(one, 'sqlite', { what: 'URL job, scripted calls, SQLite store', as: 'ms more', most: 0.5 }),
      furtherLook({ one, three }, 'memory', 'each further look, scripted, memory store'),
      furtherLook({ one, three }, 'sqlite', 'each further look, scripted, SQLite store'),
    ],
    plots: [plotOf(one, oneLook)],
    notes: [
      `scripted: ${jobsText(oneLook, rounds)}, a start and one look each, answered in the process without a network`,
    ],
    missed: [],
  };
}

/** How much of the overhead comes again with every look. */
function furtherLook({ one, three }: { one: Samples; three: Samples }, side: StoreKind, what: string): Figure {
  const timeOf = (which: Side) => (median(timesOf(three, which)) - median(timesOf(one, which))) / 2;
  return {
    what,
    ours: { value: timeOf(side), unit: 'ms' },
    peer: { name: 'bare ky', value: timeOf('ky'), unit: 'ms' },
    figure: { value: timeOf(side) - timeOf('ky'), unit: 'ms more' },
  };
}

async function loopback({ progress }: BenchmarkOptions): Promise<Measured> {
  const rounds = 5;
  const comparison: Comparison = {
    ...{ name: 'overhead-loopback', title: 'URL job, loopback' },
    ...{ jobs: 2_000, warmUp: 1_000, pollMs: 1, progress },
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
  const [samples = new Map()] = await compare([comparison], rounds);
  return {
    figures: [
      besideKy(samples, 'memory', { what: 'URL job, calls over loopback, memory store', as: 'ms more', most: 0.1 }),
      besideKy(samples, 'sqlite', { what: 'URL job, calls over loopback, SQLite store', as: 'ms more', most: 0.5 }),
    ],
    plots: [plotOf(samples, comparison)],
    notes: [
      `loopback: ${jobsText(comparison, rounds)}, the same calls to a server in another process that answers at once`,
    ],
    missed: [],
  };
}

const callsSchema = z.object({ starts: z.int(), statuses: z.int() });
const laneSchema = z.object({ baseUrl: z.url(), apiKey: z.string(), source: z.url() });

async function emulator({ progress, full }: BenchmarkOptions): Promise<Measured> {
  const rounds = 3;
  const calls: number[] = [];
  const jobs = full ? 100_000 : 10_000;
  const warmUp = 500;
  const comparison: Comparison = {
    ...{ name: 'overhead-emulator', title: 'URL job, emulator' },
    ...{ jobs, warmUp, pollMs: 20, progress },
    withTarget: async (use) => {
      const lane = await startWorkload('emulator', { input: null, result: laneSchema, last: callsSchema });
      const used = await use(lane.ready);
      const counted = await lane.stop();
      if (counted !== undefined) calls.push((counted.starts + counted.statuses) / (jobs + warmUp));
      return used;
    },
  };
  const [samples = new Map()] = await compare([comparison], rounds);
  const many = jobs.toLocaleString('en-US');
  const range = [Math.min(...calls), Math.max(...calls)].map((count) => count.toFixed(2));
  return {
    figures: [
      besideKy(samples, 'memory', { what: `${many} URL jobs on the emulator, memory store`, as: 'times', most: 1.3 }),
      besideKy(samples, 'sqlite', { what: `${many} URL jobs on the emulator, SQLite store`, as: 'times' }),
    ],
    plots: [plotOf(samples, comparison)],
    notes: [
      `emulator: ${jobsText(comparison, rounds)}, its fast lane; it counted ${range.join(' to ')} calls a job, all sides`,
    ],
    missed: [],
  };
}

function jobsText({ jobs }: Comparison, rounds: number): string {
  return `${jobs.toLocaleString('en-US')} jobs, medians of ${rounds} runs`;
}
