import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runUntil } from './killed.js';

const mebibyte = 1024 * 1024;
const size = 300 * mebibyte + 12_345;
const kills = 10;
/** What may be on its way when a process dies. */
const inFlight = 4;

let emulator: Emulator;
let folder: string;
let sha256: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-upload-'));
  emulator = await startEmulator({ firework: { limits: 'none' } });
  const { clientId, clientSecret, channelId, baseUrl } = emulator.firework;
  const shop = { adapter: '@sluice/firework', clientId, clientSecret, channelId, baseUrl };
  // At full speed all of it could arrive before a busy machine gets to kill anybody.
  const network = { bytesPerSecond: 40_000_000 };
  const configuration = { providers: { shop }, network, store: { adapter: '@sluice/sqlite', path: 'jobs.db' } };
  await writeFile(join(folder, 'sluice.config.json'), JSON.stringify(configuration));
  sha256 = await writeFilm(join(folder, 'film.mov'));
});

afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

/** A file that cannot be compressed, and its sha-256. */
async function writeFilm(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (let written = 0; written < size; ) {
    const chunk = randomBytes(Math.min(8 * mebibyte, size - written));
    hash.update(chunk);
    await file.write(chunk);
    written += chunk.byteLength;
  }
  await file.close();
  return hash.digest('hex');
}

function partsThere(): number {
  return emulator.firework.uploads().reduce((sum, { parts }) => sum + parts.length, 0);
}

/** Runs the command; with `partsMore`, until so many more parts have arrived. @returns its exit code, null when killed */
async function sluice(words: string[], partsMore = Number.POSITIVE_INFINITY): Promise<number | null> {
  const enough = partsThere() + partsMore;
  const { code } = await runUntil(folder, words, () => partsThere() >= enough);
  return code;
}

describe('an upload of 300 MB whose process is killed again and again', () => {
  test('ends as one video with every byte, and sends no part again that had arrived', {
    timeout: 240_000,
  }, async () => {
    expect(await sluice(['import', 'film.mov', '--provider', 'shop'], 3)).toBe(null);
    for (let kill = 1; kill < kills; kill += 1) expect(await sluice(['resume'], 3)).toBe(null);
    expect(await sluice(['resume'])).toBe(0);

    const [upload, ...others] = emulator.firework.uploads();
    const videos = emulator.firework.videos();
    const puts = upload?.parts.reduce((sum, part) => sum + part.puts, 0) ?? 0;
    expect(others).toEqual([]);
    expect(videos.map((video) => [video.size, video.sha256])).toEqual([[size, sha256]]);
    expect(puts - (upload?.parts.length ?? 0)).toBeLessThanOrEqual(kills * inFlight);
    expect(upload).toMatchObject({ state: 'completed', completes: 1 });
  });
});
