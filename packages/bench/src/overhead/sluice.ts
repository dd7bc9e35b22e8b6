import { createSluice, type Store } from '@sluice/core';
import { importly } from '@sluice/importly';
import type { Importer, Target } from './importer.js';

/** The same through Sluice: a client, a job each, waited for. */
export function sluiceImporter(target: Target, options: { store: Store; concurrency: number }): Importer {
  const { baseUrl, apiKey, pollMs, fetch } = target;
  const sluice = createSluice({
    providers: {
      importly: importly({
        baseUrl,
        apiKey,
        pollIntervalMs: pollMs,
        // As in the fast lane: Importly's own let no more than two jobs in at once.
        limits: { jobs: null, starts: null, statuses: null },
      }),
    },
    store: options.store,
    concurrency: options.concurrency,
    network: { allowPrivateAddresses: true },
    ...(fetch !== undefined && { fetch }),
  });
  return {
    import: async (source) => {
      const job = await sluice.import({ source });
      return job.wait();
    },
    close: () => sluice.close(),
  };
}
