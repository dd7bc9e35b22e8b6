import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { runUntil } from './killed.js';

const hour = 3_600_000;
const lineSchema = z.object({
  type: z.string(),
  job: z.object({ state: z.string(), items: z.array(z.unknown()) }).catch({ state: '', items: [] }),
});

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-integration-'));
  // By the provider's clock: it is over when the test moves the clock, and not before.
  const pace = { validatingMs: hour, pendingMs: 0, queuedMs: 0, indexingMs: 200, apartMs: 0 };
  emulator = await startEmulator({ twelvelabs: { pace } });
  const { providers, media, twelvelabs } = emulator;
  const configuration = {
    providers: { search: { ...providers.twelvelabs, pollIntervalMs: 50, busyLookMs: 100 } },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
  };
  await writeFile(join(folder, 'sluice.config.json'), JSON.stringify(configuration));
  const sample = await (await fetch(media.files[0]?.url ?? '')).arrayBuffer();
  for (const name of ['one.mp4', 'two.mp4', 'three.mp4']) await twelvelabs.addFile(name, new Uint8Array(sample));
});

afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

test('two jobs for one integration, their processes killed while the first one runs: neither is lost, and none overlaps the other', {
  timeout: 60_000,
}, async () => {
  const source = `integration:${emulator.twelvelabs.integrationId}`;
  const options = ['--provider', 'search', '--option', 'incremental_import=false'];
  const { clock, twelvelabs } = emulator;
  const shown = ['', ''];
  // Both are there, and the first one runs.
  const midway = () => twelvelabs.transfers().length === 1 && shown.every((output) => /"job":"job_/.test(output));
  const importing = shown.map((_, index) =>
    runUntil(folder, ['import', source, ...options], (output) => {
      shown[index] = output;
      return midway();
    }),
  );
  expect((await Promise.all(importing)).map(({ code }) => code)).toEqual([null, null]);

  const passing = setInterval(() => clock.advance(hour / 4), 200);
  const { code, output } = await runUntil(folder, ['resume']);
  clearInterval(passing);
  expect(code).toBe(0);
  const lines = output
    .trim()
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)));
  const jobs = lines.filter(({ type }) => type === 'job').map(({ job }) => [job.state, job.items.length]);
  expect(jobs).toEqual([
    ['completed', 3],
    ['completed', 3],
  ]);
  const [first, second, ...others] = emulator.twelvelabs.transfers();
  expect(others).toEqual([]);
  expect(second?.createdAt).toBeGreaterThanOrEqual(first?.endedAt ?? Number.POSITIVE_INFINITY);
  expect(emulator.twelvelabs.counts()).toMatchObject({ import: 2, importsStarted: 2, refusedBusy: 0 });
});
