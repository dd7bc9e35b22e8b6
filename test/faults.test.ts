import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice, type Sluice, SluiceError } from '@sluice/core';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { importly } from '@sluice/importly';
import { sqlite } from '@sluice/sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const jobs = 1_000;
const windowMs = 1_000;
const limits = { jobs: 20, starts: { max: 60, windowMs }, statuses: { max: 400, windowMs } };

let emulator: Emulator;
let folder: string;
let clients: Sluice[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-faults-'));
  emulator = await startEmulator({
    importly: {
      queuedMs: 20,
      runningMs: 60,
      limits: {
        concurrentImports: limits.jobs,
        starts: { max: limits.starts.max, windowMs },
        statuses: { max: limits.statuses.max, windowMs },
      },
    },
    faults: [
      { on: 'start', kind: 'error-500-before', probability: 0.1, seed: 1 },
      { on: 'start', kind: 'reset-before', probability: 0.025, seed: 2 },
      { on: 'start', kind: 'reset-after', probability: 0.025, seed: 3 },
      { on: 'status', kind: 'error-500-before', probability: 0.1, seed: 4 },
      { on: 'status', kind: 'reset-before', probability: 0.05, seed: 5 },
      { on: 'status', kind: 'error-502', probability: 0.02, seed: 6 },
    ],
  });
  const { baseUrl, apiKey } = emulator.importly;
  const provider = () => importly({ apiKey, baseUrl, pollIntervalMs: 50, limits });
  clients = [1, 2].map(() =>
    createSluice({ providers: { importly: provider() }, store: sqlite({ path: join(folder, 'jobs.db') }) }),
  );
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await emulator.close();
  await rm(folder, { recursive: true });
});

function sourceOf(index: number): string {
  return `${emulator.media.url}/padded/80000/file-${index}.mp4`;
}

async function importAndWait(index: number): Promise<string> {
  const client = clients[index % clients.length];
  if (client === undefined) throw new Error('there is a client for every index');
  const job = await client.import({ source: sourceOf(index) });
  try {
    return (await job.wait()).state;
  } catch (error) {
    return SluiceError.is(error) ? error.code : 'not an error of ours';
  }
}

describe('a thousand jobs of two clients on one store, at a provider that often fails', () => {
  test('all end right, none is started twice, and no limit is exceeded', { timeout: 240_000 }, async () => {
    const outcomes = await Promise.all(Array.from({ length: jobs }, (_, index) => importAndWait(index)));

    const imports = emulator.importly.imports();
    const startsOf = new Map<string, number>();
    for (const { request } of imports) startsOf.set(request.url, (startsOf.get(request.url) ?? 0) + 1);
    const unknown = outcomes.filter((outcome) => outcome === 'unknown').length;
    const counts = emulator.importly.counts();
    const lost = emulator.faults
      .fired()
      .filter(({ rule }) => rule.on === 'start' && rule.kind.startsWith('reset'))
      .reduce((sum, { fired }) => sum + fired, 0);

    expect(new Set(outcomes)).toEqual(new Set(['completed', 'unknown']));
    expect(unknown).toBe(lost);
    expect(Math.max(...startsOf.values())).toBe(1);
    expect(startsOf.size).toBeGreaterThanOrEqual(jobs - unknown);
    expect(counts.peakConcurrent).toBeLessThanOrEqual(limits.jobs);
    expect(counts.perWindowPeak.starts).toBeLessThanOrEqual(limits.starts.max);
    expect(counts.perWindowPeak.statuses).toBeLessThanOrEqual(limits.statuses.max);
  });
});
