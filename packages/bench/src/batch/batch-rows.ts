import { createSluice, type ImportRequest } from '@sluice/core';
import { importly } from '@sluice/importly';
import * as z from 'zod';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { openStore, storeKinds } from '../store/open-store.js';

const inputSchema = z.object({
  store: z.enum(storeKinds),
  rows: z.int(),
  concurrency: z.int(),
  pollMs: z.number(),
  target: z.object({ baseUrl: z.url(), apiKey: z.string(), source: z.url() }),
});

/** What a batch took a row, in milliseconds, its memory at most and what it has in use near its end, in bytes; and the same rows once more, when all of them are done. */
export const batchSchema = z.object({
  wallMs: z.number(),
  skipMs: z.number(),
  peakBytes: z.number(),
  heapBytes: z.number(),
  ended: z.int(),
  skipped: z.int(),
});

/** Imports rows by `sluice.batch`, twice. */
export async function run(input: unknown): Promise<z.input<typeof batchSchema>> {
  const { store: kind, rows, concurrency, pollMs, target } = inputSchema.parse(input);
  const { baseUrl, apiKey, source } = target;
  return withTemporaryFolder(async (folder) => {
    const sluice = createSluice({
      providers: {
        importly: importly({
          baseUrl,
          apiKey,
          pollIntervalMs: pollMs,
          limits: { jobs: null, starts: null, statuses: null },
        }),
      },
      store: await openStore(kind, folder),
      concurrency,
      network: { allowPrivateAddresses: true },
    });
    const requests = function* (): Iterable<ImportRequest> {
      // One file for all, which the emulator has fetched once: a row is known by its title.
      for (let row = 0; row < rows; row += 1) yield { source, metadata: { title: `row ${row}` } };
    };
    const pass = async () => {
      const counts = { ended: 0, skipped: 0, refused: 0, left: 0 };
      let heapBytes = 0;
      const before = performance.now();
      for await (const { kind: outcome } of sluice.batch(requests())) {
        counts[outcome] += 1;
        if (counts.ended === Math.floor(rows * 0.9)) heapBytes = heapInUse();
      }
      return { ...counts, heapBytes, ms: (performance.now() - before) / rows };
    };
    const first = await pass();
    const peakBytes = process.resourceUsage().maxRSS * 1_024;
    const again = await pass();
    await sluice.close();
    return {
      wallMs: first.ms,
      skipMs: again.ms,
      peakBytes,
      heapBytes: first.heapBytes,
      ended: first.ended,
      skipped: again.skipped,
    };
  });
}

/** Without what is only waiting to be collected. */
function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
