import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { missingRsync, startRsyncDaemon, startUnrulyHttp } from '@sluice/test-servers';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { keysIn, openUploadsIn } from './routes/servers.js';

const command = fileURLToPath(new URL('../packages/cli/bin/sluice.js', import.meta.url));
const mebibyte = 1024 * 1024;
const size = 50 * mebibyte + 4_321;
/** Each costs the patience of a lease. */
const kills = 1;
/** What may be on its way when a process dies, of bytes that lie here; those that are far away are read in order. */
const inFlight = 4;
const needsRsync = await missingRsync();

let emulator: Emulator;
let folder: string;
let content: Uint8Array;
let sha256: string;
/** PUTs of parts that were taken, whoever took them. */
let puts = 0;

beforeEach(async () => {
  puts = 0;
  folder = await mkdtemp(join(tmpdir(), 'sluice-killed-'));
  await mkdir(join(folder, 'tmp'));
  content = randomBytes(size);
  sha256 = createHash('sha256').update(content).digest('hex');
  emulator = await startEmulator({
    importly: { limits: 'none', queuedMs: 0, runningMs: 0 },
    firework: { limits: 'none', transcodingMs: 0 },
    log: ({ method, path, status }) => {
      if (method === 'PUT' && /partNumber=/.test(path) && status === 200) puts += 1;
    },
  });
  const { providers, s3 } = emulator;
  await writeConfiguration({
    providers: {
      importly: { ...providers.importly, pollIntervalMs: 50 },
      shop: { ...providers.firework, multipartFromBytes: 10_000_000, pollIntervalMs: 50 },
    },
    default: 'importly',
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
    staging: { adapter: '@sluice/s3', ...s3 },
    network: { allowPrivateAddresses: true },
  });
});

afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

function writeConfiguration(configuration: object): Promise<void> {
  return writeFile(join(folder, 'sluice.config.json'), JSON.stringify(configuration));
}

interface Ran {
  code: number | null;
  output: string;
}

/** Runs the command; with `until`, kills it when that is true. */
async function sluice(words: string[], until?: () => boolean): Promise<Ran> {
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: join(folder, 'tmp') };
  const child: ChildProcess = spawn(process.execPath, [command, ...words, '--json'], { cwd: folder, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const watch = setInterval(() => {
    if (until?.() === true) child.kill('SIGKILL');
  }, 1);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(watch);
  return { code, output };
}

/** Imports, is killed each time two more parts have arrived, and is resumed to the end. @returns all that was written */
async function killedAgainAndAgain(words: string[]): Promise<string> {
  let output = '';
  for (let kill = 0; kill < kills; kill += 1) {
    const before = puts;
    const ran = await sluice(kill === 0 ? words : ['resume'], () => puts >= before + 2);
    expect(ran).toMatchObject({ code: null });
    output += ran.output;
    expect(await leaks()).toEqual([]);
  }
  const last = await sluice(['resume']);
  expect(last).toMatchObject({ code: 0 });
  expect(await leaks()).toEqual([]);
  return output + last.output;
}

/** Files of the store that show a presigned URL. */
async function leaks(): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('jobs.db'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
  return names.filter((_, index) => /X-Amz-(Signature|Credential)/i.test(texts[index] ?? ''));
}

async function expectEmptyBucket(): Promise<void> {
  expect(await keysIn(emulator.s3, emulator.s3.bucket)).toEqual([]);
  expect(await openUploadsIn(emulator.s3, emulator.s3.bucket)).toEqual([]);
}

describe('a process that is killed in the middle', { timeout: 120_000 }, () => {
  test('of a stage: the next one ends it, and leaves nothing in the bucket', async () => {
    await writeFile(join(folder, 'film.mp4'), content);
    const output = await killedAgainAndAgain(['import', 'film.mp4']);
    const imports = emulator.importly.imports();
    expect(imports.map((one) => [one.size, one.sha256])).toEqual([[size, sha256]]);
    // Four parts, and what was on its way at each death.
    expect(puts).toBeLessThanOrEqual(4 + kills * inFlight);
    expect(output).not.toMatch(/X-Amz-/i);
    await expectEmptyBucket();
  });

  test('of a relay: the next one reads on from there, and nothing is doubled at the provider', async () => {
    const server = await startUnrulyHttp();
    onTestFinished(() => server.stop());
    server.files.set('/film.mp4', { bytes: content, etag: '"film"' });
    await killedAgainAndAgain(['import', `${server.url}/film.mp4`, '--provider', 'shop', '--route', 'relay']);
    expectOneVideo(1);
    expect(server.asked.some(({ range }) => /^bytes=[1-9]\d*-$/.test(range ?? ''))).toBe(true);
  });

  test.skipIf(needsRsync !== undefined)(
    `of a relay from rsync: the copy that it left goes too${needsRsync ? ` (${needsRsync})` : ''}`,
    async () => {
      const daemon = await startRsyncDaemon();
      onTestFinished(() => daemon.stop());
      await writeFile(join(daemon.folder, 'film.mp4'), content);
      await killedAgainAndAgain(['import', `rsync://127.0.0.1:${daemon.port}/open/film.mp4`, '--provider', 'shop']);
      // Its copy lies here.
      expectOneVideo(inFlight);
      expect((await readdir(join(folder, 'tmp'))).filter((name) => name.startsWith('sluice-'))).toEqual([]);
    },
  );

  test('of a stage, and never resumed: gc takes away what it left', async () => {
    await writeFile(join(folder, 'film.mp4'), content);
    await sluice(['import', 'film.mp4'], () => puts >= 1);
    expect(await openUploadsIn(emulator.s3, emulator.s3.bucket)).toHaveLength(1);
    // The machine and its store are gone for good.
    for (const name of await readdir(folder)) if (name.startsWith('jobs.db')) await rm(join(folder, name));
    expect(await sluice(['gc'])).toMatchObject({ code: 0, output: expect.stringContaining('"strays":0') });
    const wouldBe = await sluice(['gc', '--older-than', '1ms', '--dry-run']);
    expect(wouldBe.output).toContain('"what":"upload"');
    expect(await openUploadsIn(emulator.s3, emulator.s3.bucket)).toHaveLength(1);
    expect(await sluice(['gc', '--older-than', '1ms'])).toMatchObject({ code: 0 });
    await expectEmptyBucket();
  });
});

/** One upload, one video; each death costs no more than what was on its way. */
function expectOneVideo(onTheWay: number): void {
  const [upload, ...others] = emulator.firework.uploads();
  expect(others).toEqual([]);
  expect(upload).toMatchObject({ state: 'completed', completes: 1 });
  expect(emulator.firework.videos().map((video) => [video.size, video.sha256])).toEqual([[size, sha256]]);
  const sent = upload?.parts.reduce((sum, part) => sum + part.puts, 0) ?? 0;
  expect(sent - (upload?.parts.length ?? 0)).toBeLessThanOrEqual(kills * onTheWay);
}
