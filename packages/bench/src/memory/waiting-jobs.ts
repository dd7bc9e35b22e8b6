import { createSluice, type Store } from '@sluice/core';
import { importly } from '@sluice/importly';
import * as z from 'zod';
import { lazily } from '../figures/statistics.js';
import { FixedProvider } from '../overhead/fixed-provider.js';
import { scriptedFetch } from '../overhead/scripted-fetch.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { openStore, storeKinds } from '../store/open-store.js';

const inputSchema = z.object({
  store: z.enum(storeKinds),
  /** For a free slot at the provider, or for the next look at what the provider works on. */
  waitFor: z.enum(['slot', 'look']),
  /** Whether somebody in this process holds a handle of each and waits with `job.wait()`. */
  followed: z.boolean(),
  /** At how many jobs to measure, growing. */
  counts: z.array(z.int()),
});

/** How much memory is in use, in bytes, with so many jobs waiting. */
export const waitingSchema = z.object({ points: z.array(z.object({ jobs: z.int(), bytes: z.int() })) });

/** Hands over more and more jobs that all wait, and looks at the heap. Needs `--expose-gc`. */
export async function run(input: unknown): Promise<z.input<typeof waitingSchema>> {
  const { store: kind, waitFor, followed, counts } = inputSchema.parse(input);
  return withTemporaryFolder(async (folder) => {
    const sluice = createClient(await openStore(kind, folder), waitFor);
    const points: { jobs: number; bytes: number }[] = [];
    const importOne = async (number: number) => {
      const job = await sluice.import({ source: `https://media.example.com/clips/${number}.mp4` });
      // Ends with the client.
      if (followed) job.wait().catch(() => undefined);
    };
    let waiting = 0;
    for (const count of counts) {
      const [from, more] = [waiting, count - waiting];
      await lazily({ count: more, concurrency: 50 }, (number) => importOne(from + number));
      waiting = count;
      points.push({ jobs: count, bytes: await usedBytes() });
    }
    await sluice.close();
    return { points };
  });
}

function createClient(store: Store, waitFor: 'slot' | 'look') {
  const hourMs = 3_600_000;
  return createSluice({
    providers: {
      importly: importly({
        apiKey: 'a-key',
        pollIntervalMs: hourMs,
        limits: { jobs: waitFor === 'slot' ? 2 : null, starts: null, statuses: null },
      }),
    },
    store,
    fetch: scriptedFetch(new FixedProvider(Number.POSITIVE_INFINITY)),
  });
}

/** What is reachable, after everything else was thrown away. */
async function usedBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('start this with --expose-gc');
  for (let times = 0; times < 3; times += 1) {
    // A turn of the event loop lets go of what promises and weak references still hold.
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
