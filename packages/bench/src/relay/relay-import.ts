import { createSluice } from '@sluice/core';
import { firework } from '@sluice/firework';
import * as z from 'zod';
import { fireworkSchema } from '../upload/firework-emulator.js';
import { costOf } from '../upload/send-parts.js';
import type { Cost } from '../upload/sending.js';

const inputSchema = z.object({ provider: fireworkSchema, source: z.url(), warmUp: z.url() });

/** Relays a file from http into Firework, from the first call to the video; after a small one to warm up. */
export async function run(input: unknown): Promise<Cost> {
  const { provider, source, warmUp } = inputSchema.parse(input);
  const sluice = createSluice({
    providers: { shop: firework({ ...provider, pollIntervalMs: 20 }) },
    network: { allowPrivateAddresses: true },
  });
  const bring = async (url: string) => {
    const job = await sluice.import({ source: url, name: 'film.mp4', route: 'relay' });
    const { items } = await job.wait();
    if (items[0]?.ok !== true) throw new Error('no video was made');
  };
  try {
    await bring(warmUp);
    return await costOf(() => bring(source));
  } finally {
    await sluice.close();
  }
}
