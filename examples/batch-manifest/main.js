// Imports many files in one go, twice: the second time there is nothing left to do.
// Usage: node main.js [HOW-MANY]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice } from '@sluice/core';
import { startEmulator } from '@sluice/emulator';
import { importly } from '@sluice/importly';
import { sqlite } from '@sluice/sqlite';

const count = Number(process.argv[2] ?? 25);

// Importly is emulated on this machine, without its limits, so that this takes seconds.
const emulator = await startEmulator({ speed: 20, importly: { limits: 'none' } });
const { apiKey, baseUrl } = emulator.importly;
const folder = await mkdtemp(join(tmpdir(), 'batch-manifest-'));

const sluice = createSluice({
  providers: {
    importly: importly({ apiKey, baseUrl, pollIntervalMs: 50, limits: { jobs: null, starts: null, statuses: null } }),
  },
  store: sqlite({ path: join(folder, 'jobs.db') }),
  network: { allowPrivateAddresses: true },
});

/** The rows, read as they are needed: from a file, a database, anything that can be iterated. */
async function* rows() {
  for (let number = 1; number <= count; number += 1) {
    yield { source: `${emulator.media.url}/padded/${100_000 + number}/clip-${number}.mp4` };
  }
  // What is wrong with one row stops none of the others.
  yield { source: 'not a URL' };
}

async function run() {
  const counts = { ended: 0, skipped: 0, refused: 0, left: 0 };
  for await (const outcome of sluice.batch(rows())) {
    counts[outcome.kind] += 1;
    if (outcome.kind === 'refused') console.log(`request ${outcome.index + 1}: ${outcome.error.message}`);
    if (outcome.kind !== 'ended') continue;
    const [item] = outcome.snapshot.items;
    if (item?.ok) console.log(`request ${outcome.index + 1}: ${outcome.snapshot.state}, at ${item.asset.url}`);
  }
  return counts;
}

try {
  console.log('first: ', await run());
  const again = await run();
  console.log('again: ', again);
  console.log(`Importly was asked to start ${emulator.importly.counts().starts} imports`);
  if (again.skipped !== count) process.exitCode = 1;
} finally {
  await sluice.close();
  await emulator.close();
  await rm(folder, { recursive: true });
}
