import { fileURLToPath } from 'node:url';
import { type Sluice, SluiceError } from '@sluice/core';
import { loadSluice, type OpenOptions } from '@sluice/core/node';

/** How the command opens a configuration: jobs live on disk, and its own packages are the last resort. */
export const openOptions = {
  defaultStore: '@sluice/sqlite',
  packagesFrom: [process.cwd(), fileURLToPath(new URL('..', import.meta.url))],
} satisfies OpenOptions;

/** Runs `work` with the configured client, and lets go of every lease, timer and socket afterwards. */
export async function withSluice<Result>(
  options: { config?: string | undefined },
  work: (sluice: Sluice) => Promise<Result>,
): Promise<Result> {
  const sluice = await loadSluice({ ...openOptions, ...(options.config !== undefined && { config: options.config }) });
  try {
    return await work(sluice);
  } finally {
    // Where the store cannot be written any more, the work has said so; its leases pass on by themselves.
    await sluice.close().catch((error: unknown) => {
      if (!SluiceError.is(error)) throw error;
    });
  }
}
