import { createSluice } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { firework } from '@sluice/firework';
import * as z from 'zod';
import { fireworkSchema } from './firework-emulator.js';
import { costOf } from './send-parts.js';
import type { Cost } from './sending.js';

const inputSchema = z.object({ provider: fireworkSchema, file: z.string(), warmUp: z.string() });

/** Imports a file into Firework, from the first call to the video, as an application does; after a small one to warm up. */
export async function run(input: unknown): Promise<Cost> {
  const { provider, file, warmUp } = inputSchema.parse(input);
  const sluice = createSluice({ providers: { shop: firework({ ...provider, pollIntervalMs: 20 }) } });
  const bring = async (path: string) => {
    const job = await sluice.import({ source: fromFile(path), name: 'film.mp4' });
    const { items } = await job.wait();
    if (items[0]?.ok !== true) throw new Error('no video was made');
  };
  try {
    await bring(warmUp);
    return await costOf(() => bring(file));
  } finally {
    await sluice.close();
  }
}
