import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { cleanEnvironment, commandFile, jobOf, type Ran } from './support.js';

const sample = await readFile(fileURLToPath(new URL('../../../emulator/media/sample.mp4', import.meta.url)));
/** Goes up in parts. */
const large = randomBytes(26_000_000);

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ speed: 20, firework: { transcodingMs: 20, limits: 'none' } });
});
afterAll(() => emulator.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-input-'));
  const { clientId, clientSecret, channelId, baseUrl } = emulator.firework;
  const own = { clientId, clientSecret, channelId, baseUrl, pollIntervalMs: 20, multipartFromBytes: 5_000_000 };
  const providers = { shop: { adapter: '@sluice/firework', ...own } };
  const store = { adapter: '@sluice/sqlite', path: 'jobs.db' };
  await writeFile(join(folder, 'sluice.config.json'), JSON.stringify({ providers, store }));
  return () => rm(folder, { recursive: true });
});

function start(words: string[]) {
  const env = { ...cleanEnvironment(folder), TMPDIR: folder };
  const child = spawn(process.execPath, [commandFile, ...words, '--json'], { cwd: folder, env });
  // Who does not want all of it closes the pipe.
  child.stdin.on('error', () => undefined);
  return child;
}

/** Runs the command with `input` led into it by a pipe; `undefined` leaves the pipe open for ever. */
async function sluice(words: string[], input: Uint8Array | undefined): Promise<Ran> {
  const child = start(words);
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ran[name] += text;
    });
  }
  if (input !== undefined) child.stdin.end(input);
  ran.code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdin.destroy();
  return ran;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function lastVideo() {
  const video = emulator.firework.videos().at(-1);
  return { size: video?.size, sha256: video?.sha256 };
}

describe('standard input', () => {
  it.each([
    ['a small one, its size unknown', sample, []],
    ['a small one whose size is said', sample, ['--expect-size', String(sample.byteLength)]],
    ['in parts, its size unknown', large, []],
    ['in parts, its size said', large, ['--expect-size', String(large.byteLength)]],
  ])('is imported whole: %s', async (_what, bytes, words) => {
    const ran = await sluice(['import', '-', '--name', 'clip.mp4', ...words], bytes);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(jobOf(ran).state).toBe('completed');
    expect(lastVideo()).toEqual({ size: bytes.byteLength, sha256: sha256Of(bytes) });
    expect((await readdir(folder)).filter((name) => name.startsWith('sluice-'))).toEqual([]);
  });

  it('is held against a sha-256 that is taken from it, or given', async () => {
    const computed = await sluice(['import', '-', '--name', 'clip.mp4', '--expect-sha256', 'compute'], sample);
    expect(jobOf(computed).items).toMatchObject([{ checks: { sha256: { outcome: 'match' } } }]);
    const given = ['import', '-', '--name', 'clip.mp4', '--expect-sha256', sha256Of(large)];
    expect(jobOf(await sluice(given, sample))).toMatchObject({ state: 'failed', error: { code: 'integrity' } });
  });

  it('whose container breaks a rule is refused before anything is sent', async () => {
    const file = await readFile(join(folder, 'sluice.config.json'), 'utf8');
    const stricter = file.replace('"clientId"', '"bounds":{"minSeconds":7},"clientId"');
    await writeFile(join(folder, 'sluice.config.json'), stricter);
    const ran = await sluice(['import', '-', '--name', 'clip.mp4'], sample);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/source\.duration: must last from 7 to 3600 seconds/);
  });

  it.each([
    ['less', sample.byteLength + 1, 'integrity'],
    ['more', sample.byteLength - 1, 'integrity'],
  ])('that holds %s than was said makes nothing', async (_what, size, code) => {
    const before = emulator.firework.videos().length;
    const ran = await sluice(['import', '-', '--name', 'clip.mp4', '--expect-size', String(size)], sample);
    expect(ran.code).toBe(1);
    expect(jobOf(ran).error).toMatchObject({ code });
    expect(emulator.firework.videos()).toHaveLength(before);
  });

  it('is not read when the request is refused anyway', async () => {
    const words = ['import', '-', '--name', 'clip.avi'];
    const ran = await sluice(words, undefined);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(/source\.name: must end in \.mp4/) });
  });

  it('can be planned without being read', async () => {
    const ran = await sluice(['plan', '-', '--name', 'clip.mp4'], undefined);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('"name":"clip.mp4"') });
  });
});

it('standard input whose process ended goes on under the same key', async () => {
  const words = ['import', '-', '--name', 'clip.mp4', '--key', 'k1', '--expect-size', String(large.byteLength)];
  const before = emulator.firework.uploads().length;
  const child = start(words);
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdin.write(large.subarray(0, 20_000_000));
  await vi.waitFor(() => expect(emulator.firework.uploads().at(before)?.parts).toHaveLength(1), { timeout: 20_000 });
  child.kill('SIGTERM');
  await ended;

  const resumed = await sluice(['resume', '--timeout', '3s'], undefined);
  expect(resumed.code).toBe(1);
  expect(resumed.stderr).toContain('import it again with the key "k1" and the upload goes on; the job is alive');
  const again = await sluice(words, large);
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(lastVideo()).toEqual({ size: large.byteLength, sha256: sha256Of(large) });
  expect(emulator.firework.uploads().slice(before)).toMatchObject([{ state: 'completed' }]);
});
