import { setTimeout as sleep } from 'node:timers/promises';
import ky from 'ky';
import type { Importer, Target } from './importer.js';

/**
 * What somebody writes who needs nothing but the calls: no record, no limits, no way back after a crash, and the answers
 * taken as they come. The peer, so it does no more than it must.
 */
export function bareKy({ baseUrl, apiKey, pollMs, fetch }: Target): Importer {
  const api = ky.create({
    prefixUrl: baseUrl,
    headers: { authorization: `Bearer ${apiKey}` },
    ...(fetch !== undefined && { fetch }),
  });
  return {
    import: async (source) => {
      const started = await api.post('import', { json: { url: source } }).json<{ data: { jobId: string } }>();
      const searchParams = { id: started.data.jobId };
      for (;;) {
        await sleep(pollMs);
        const seen = await api.get('import/status', { searchParams }).json<{ data: { status: string } }>();
        if (seen.data.status === 'completed') return seen.data;
      }
    },
    close: async () => {},
  };
}
