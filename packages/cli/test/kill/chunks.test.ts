import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runUntil } from './killed.js';

const mebibyte = 1024 * 1024;
const size = 80 * mebibyte + 12_345;
const chunkBytes = 5 * mebibyte;
const chunks = Math.ceil(size / chunkBytes);
/** What may be on its way when a process dies. */
const inFlight = 4;

let emulator: Emulator;
let folder: string;
let sha256: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-chunks-'));
  emulator = await startEmulator({
    twelvelabs: { chunkBytes, firstUrls: 4, processingMs: 20 },
    // So that there is a middle in which to die.
    faults: [{ on: 'part', kind: 'latency', latencyMs: 60 }],
  });
  const { providers } = emulator;
  const configuration = {
    providers: { search: { ...providers.twelvelabs, pollIntervalMs: 50 } },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
  };
  await writeFile(join(folder, 'sluice.config.json'), JSON.stringify(configuration));
  const film = randomBytes(size);
  sha256 = createHash('sha256').update(film).digest('hex');
  await writeFile(join(folder, 'film.mov'), film);
});

afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

function partsThere(): number {
  return emulator.twelvelabs.sessions().reduce((sum, { parts }) => sum + parts.length, 0);
}

/** Runs the command; with `partsMore`, until so many more chunks have arrived. @returns its exit code, null when killed */
async function sluice(words: string[], partsMore = Number.POSITIVE_INFINITY): Promise<number | null> {
  const enough = partsThere() + partsMore;
  const { code } = await runUntil(folder, words, () => partsThere() >= enough);
  return code;
}

test('an upload in chunks, killed in the middle: what is there is listed and reported, what is missing sent, what expired signed again', {
  timeout: 120_000,
}, async () => {
  const kills = 2;
  expect(await sluice(['import', 'film.mov', '--provider', 'search'], 3)).toBe(null);
  for (let kill = 1; kill < kills; kill += 1) {
    emulator.clock.advance(2 * 3_600_000);
    expect(await sluice(['resume'], 3)).toBe(null);
  }
  emulator.clock.advance(2 * 3_600_000);
  expect(await sluice(['resume'])).toBe(0);

  const [session, ...others] = emulator.twelvelabs.sessions();
  expect(others).toEqual([]);
  expect(session).toMatchObject({ state: 'completed', totalChunks: chunks });
  const puts = session?.parts.reduce((sum, part) => sum + part.puts, 0) ?? 0;
  // A chunk that was refused for its signature was sent once more, and some were on their way at each death.
  const expired = session?.tries.filter(({ status }) => status === 403).length ?? 0;
  expect(puts - expired - chunks).toBeLessThanOrEqual(kills * inFlight);
  expect(expired).toBeGreaterThan(0);
  expect(Object.values(session?.signed ?? {}).some((times) => times > 1)).toBe(true);
  expect(session?.reports.reduce((sum, one) => sum + one, 0)).toBe(chunks);
  expect(emulator.twelvelabs.counts()).toMatchObject({ 'upload-session': 1, assetsCreated: 1, indexedCreated: 1 });
  expect(emulator.twelvelabs.counts()['upload-list']).toBeGreaterThanOrEqual(kills);
  expect(emulator.twelvelabs.assets()).toMatchObject([{ id: session?.assetId, size, sha256 }]);
});
