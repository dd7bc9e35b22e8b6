import { ftp } from '@sluice/ftp';
import * as z from 'zod';
// The engine's own, which no application sees: what is measured here is only how it reads bytes.
import { createBytePlane } from '../../../core/dist/platform/node-bytes/create.js';
import { costOf } from '../upload/send-parts.js';
import type { Cost } from '../upload/sending.js';

const inputSchema = z.object({ url: z.url(), warmUp: z.url() });

/** What the reading of a file cost, and what came of it. */
export type DigestCost = Cost & { size: number; sha256: string | undefined };

/** Takes size and sha-256 of a file behind ftp, as the engine takes them for `sha256: 'compute'`; of a small one first, to warm up. */
export async function run(input: unknown): Promise<DigestCost> {
  const { url, warmUp } = inputSchema.parse(input);
  await digestOf(warmUp);
  let digest: Omit<DigestCost, keyof Cost> = { size: 0, sha256: undefined };
  const cost = await costOf(async () => {
    digest = await digestOf(url);
  });
  return { ...cost, ...digest };
}

async function digestOf(url: string): Promise<Omit<DigestCost, keyof Cost>> {
  const { signal } = new AbortController();
  const idleTimeoutMs = 20_000;
  const nothing = () => Promise.reject(new Error('nothing is read over http, and no part is sent'));
  const plane = createBytePlane({});
  const context = { signal, idleTimeoutMs, network: {}, resolve: async (host: string) => host, fetch, read: nothing };
  const bytes = await ftp().open(url, context);
  try {
    const { sha256 } = await plane.sendParts({
      ...{ bytes, partSize: bytes.size, missing: [], inFlight: 1, digest: true, idleTimeoutMs, signal },
      moved: () => undefined,
      place: nothing,
      arrived: async () => undefined,
      failed: async () => undefined,
    });
    return { size: bytes.size, sha256 };
  } finally {
    await bytes.close();
    await plane.close();
  }
}
