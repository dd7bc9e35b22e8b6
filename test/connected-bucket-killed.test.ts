import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { keysIn, openUploadsIn } from './routes/servers.js';

const command = fileURLToPath(new URL('../packages/cli/bin/sluice.js', import.meta.url));
const mebibyte = 1024 * 1024;
/** Two parts, four parts and one; the process dies while the second file is under way. */
const films = { 'one.mp4': 20 * mebibyte, 'two.mp4': 50 * mebibyte, 'three.mp4': mebibyte };
const inFlight = 4;
const id = 'integration-1';
const bucket = { bucket: 'videos', prefix: 'incoming/' };
const lineSchema = z.looseObject({
  type: z.string(),
  job: z.unknown(),
});
const jobSchema = z.object({
  state: z.string(),
  items: z.array(z.object({ ref: z.string(), ok: z.boolean(), outcome: z.string().optional() })),
});

let emulator: Emulator;
let folder: string;
/** PUTs of parts that were taken, whoever took them. */
let puts = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-connected-'));
  const pace = { validatingMs: 50, pendingMs: 0, queuedMs: 0, indexingMs: 50, apartMs: 0 };
  emulator = await startEmulator({
    twelvelabs: { pace, integrations: [{ id, ...bucket }] },
    log: ({ method, path, status }) => {
      if (method === 'PUT' && /partNumber=/.test(path) && status === 200) puts += 1;
    },
  });
  const { providers, s3, media } = emulator;
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const own = { adapter: '@sluice/s3', endpoint, region, accessKeyId, secretAccessKey, ...bucket };
  const search = { ...providers.twelvelabs, pollIntervalMs: 50, busyLookMs: 100, buckets: { [id]: own } };
  const configuration = {
    providers: { search },
    // At full speed all of it could arrive before a busy machine gets to kill anybody.
    network: { bytesPerSecond: 40_000_000 },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
  };
  await writeFile(join(folder, 'sluice.config.json'), JSON.stringify(configuration));
  for (const [name, size] of Object.entries(films)) {
    const answer = await fetch(`${media.url}/padded/${size}/${name}`);
    await writeFile(join(folder, name), new Uint8Array(await answer.arrayBuffer()));
  }
});

afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

/** Runs the command until it ends, or until `dies` says so. */
async function sluice(args: string[], dies = () => false): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [command, ...args, '--json'], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const watch = setInterval(() => {
    if (dies()) child.kill('SIGKILL');
  }, 1);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(watch);
  return { code, output };
}

/** Files of the store that show what opens the bucket. */
async function leaks(): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('jobs.db'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
  return names.filter((_, index) => /X-Amz-(Signature|Credential)/i.test(texts[index] ?? ''));
}

test('a process that is killed while it puts the second of three files: the next one goes on there, and nothing is doubled', {
  timeout: 60_000,
}, async () => {
  const names = Object.keys(films);
  const killed = await sluice(['import', ...names, '--into', `integration:${id}`], () => puts >= 4);
  expect(killed.code).toBe(null);
  expect(emulator.twelvelabs.counts().import).toBe(0);
  expect(await leaks()).toEqual([]);

  const resumed = await sluice(['resume']);
  expect(resumed.code).toBe(0);
  const lines = resumed.output.trim().split('\n');
  const [job] = lines.map((line) => lineSchema.parse(JSON.parse(line))).filter(({ type }) => type === 'job');
  const { state, items } = jobSchema.parse(job?.job);
  expect([state, items.map(({ ref, ok, outcome }) => [ref, ok, outcome])]).toEqual([
    'completed',
    names.map((name) => [name, true, 'created']),
  ]);
  // Seven parts, and what was on its way when the process died.
  expect(puts).toBeGreaterThanOrEqual(7);
  expect(puts).toBeLessThanOrEqual(7 + inFlight);
  const digests = await Promise.all(names.map(async (name) => digestOf(await readFile(join(folder, name)))));
  const [transfer, ...others] = emulator.twelvelabs.transfers();
  expect(others).toEqual([]);
  const imported = new Map(transfer?.videos.map(({ filename, sha256 }) => [filename, sha256]));
  expect(names.map((name) => imported.get(name))).toEqual(digests);
  expect(await openUploadsIn(emulator.s3, bucket.bucket)).toEqual([]);
  expect(await keysIn(emulator.s3, bucket.bucket)).toEqual([...names].sort().map((name) => `${bucket.prefix}${name}`));
  expect(killed.output + resumed.output).not.toMatch(/X-Amz-/i);
  expect(await leaks()).toEqual([]);
});

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
