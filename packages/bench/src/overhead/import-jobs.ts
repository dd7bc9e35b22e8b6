import * as z from 'zod';
import { lazily } from '../figures/statistics.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { openStore, storeKinds } from '../store/open-store.js';
import { bareKy } from './bare-ky.js';
import { FixedProvider } from './fixed-provider.js';
import type { Importer, Target } from './importer.js';
import { scriptedFetch } from './scripted-fetch.js';
import { sluiceImporter } from './sluice.js';

const inputSchema = z.object({
  side: z.enum(['ky', ...storeKinds]),
  jobs: z.int(),
  /** Jobs that come before, so that what is measured runs as compiled code. */
  warmUp: z.int(),
  concurrency: z.int(),
  pollMs: z.number(),
  /** Without a network, answered by a fixed provider after so many looks; or over it. */
  target: z.union([
    z.object({ looks: z.int() }),
    z.object({ baseUrl: z.url(), apiKey: z.string(), source: z.url().optional() }),
  ]),
});

type Input = z.output<typeof inputSchema>;

/** What a run took, in milliseconds a job. */
export const importedSchema = z.object({ wallMs: z.number(), cpuMs: z.number() });

/** Imports many URLs, some at once, the way of one side. */
export async function run(input: unknown): Promise<z.input<typeof importedSchema>> {
  const options = inputSchema.parse(input);
  return withTemporaryFolder(async (folder) => {
    const importer = await openImporter(options, folder);
    const { source } = { source: undefined, ...options.target };
    const { concurrency, jobs, warmUp } = options;
    const importOne = (number: number) => importer.import(source ?? `https://media.example.com/clips/${number}.mp4`);
    await lazily({ count: warmUp, concurrency }, importOne);
    const cpuBefore = process.cpuUsage();
    const before = performance.now();
    await lazily({ count: jobs, concurrency }, importOne);
    const wall = performance.now() - before;
    const { user, system } = process.cpuUsage(cpuBefore);
    await importer.close();
    return { wallMs: wall / jobs, cpuMs: (user + system) / 1_000 / jobs };
  });
}

async function openImporter(options: Input, folder: string): Promise<Importer> {
  const target = targetOf(options);
  if (options.side === 'ky') return bareKy(target);
  const store = await openStore(options.side, folder);
  return sluiceImporter(target, { store, concurrency: options.concurrency });
}

function targetOf({ target, pollMs }: Input): Target {
  if ('baseUrl' in target) return { baseUrl: target.baseUrl, apiKey: target.apiKey, pollMs };
  const fetch = scriptedFetch(new FixedProvider(target.looks));
  return { baseUrl: 'https://importly.example.com', apiKey: 'a-key', pollMs, fetch };
}
