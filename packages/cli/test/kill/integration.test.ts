import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';

const command = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));
const lineSchema = z.object({
  type: z.string(),
  job: z.object({ state: z.string(), items: z.array(z.unknown()) }).catch({ state: '', items: [] }),
});

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-integration-'));
  const pace = { validatingMs: 2_000, pendingMs: 0, queuedMs: 0, indexingMs: 200, apartMs: 0 };
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

/** Runs the command until it ends, or until `dies` says so. */
async function sluice(args: string[], dies = () => false): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [command, ...args, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const watch = setInterval(() => {
    if (dies()) child.kill('SIGKILL');
  }, 1);
  const code = await ended;
  clearInterval(watch);
  return { code, output };
}

test('two jobs for one integration, their processes killed while the first one runs: neither is lost, and none overlaps the other', {
  timeout: 60_000,
}, async () => {
  const source = `integration:${emulator.twelvelabs.integrationId}`;
  const options = ['--provider', 'search', '--option', 'incremental_import=false'];
  // Long enough for both to be there, and not long enough for the first one to end.
  const midway = () =>
    emulator.clock.now() > (emulator.twelvelabs.transfers()[0]?.createdAt ?? Number.POSITIVE_INFINITY) + 1_200;
  const killed = await Promise.all([1, 2].map(() => sluice(['import', source, ...options], midway)));
  expect(killed.map(({ code }) => code)).toEqual([null, null]);

  const { code, output } = await sluice(['resume']);
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
