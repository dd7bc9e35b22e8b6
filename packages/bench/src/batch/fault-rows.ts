import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Emulator, EmulatorOptions } from '@sluice/emulator';
import { everyFault } from './every-fault.js';

/** How many jobs Importly takes at once here. */
export const importsAtOnce = 40;
/** How many starts Importly takes in a window, and Firework on a channel. */
export const startsInWindow = { max: 40, windowMs: 2_000 };
/** How many looks Importly takes in a window. */
export const looksInWindow = { max: 240, windowMs: 2_000 };

const smallBytes = 80_000;
/** Three parts at Firework, three chunks at TwelveLabs. */
const largeBytes = 11 * 1024 * 1024;
const integrationRows = 3;

/** One row of the manifest, and the name under which the emulator meets it. */
export interface FaultRow {
  name: string;
  provider: 'media' | 'cdn' | 'shop' | 'search';
  source: string;
  size?: number;
  /** Of the provider's own. */
  option?: Record<string, boolean>;
}

/** The emulator with every fault switched on. Imports that stall take a place for good: there are so many places more. */
export function emulatorOptions(): EmulatorOptions {
  const faults = everyFault();
  const stalls = faults.reduce((sum, { kind, times }) => sum + (kind === 'stall' ? (times ?? 0) : 0), 0);
  const keepRequests = 1_000_000;
  return {
    faults,
    importly: {
      limits: { concurrentImports: importsAtOnce + stalls, starts: startsInWindow, statuses: looksInWindow },
      ...{ queuedMs: 50, runningMs: 200, keepRequests },
    },
    firework: { limits: { videos: startsInWindow }, transcodingMs: 200, keepRequests },
    videoCdn: { pulls: 200, pullMs: 100, keepRequests },
    twelvelabs: {
      ...{ limits: 'none', processingMs: 100, chunkBytes: 5 * 1024 * 1024, firstUrls: 1, keepRequests },
      pace: { validatingMs: 50, pendingMs: 50, queuedMs: 50, indexingMs: 50, apartMs: 1 },
    },
  };
}

/** Writes configuration, files and manifest. @returns the rows */
export async function prepareFaults(emulator: Emulator, folder: string, count: number): Promise<FaultRow[]> {
  await writeFile(join(folder, 'sluice.config.json'), JSON.stringify(configurationOf(emulator)));
  for (const size of [smallBytes, largeBytes]) {
    const answer = await fetch(`${emulator.media.url}/padded/${size}/film.mp4`);
    await writeFile(join(folder, fileOf(size)), Buffer.from(await answer.arrayBuffer()));
  }
  const sample = await (await fetch(`${emulator.media.url}/sample.mp4`)).arrayBuffer();
  await emulator.twelvelabs.addFile('sample.mp4', new Uint8Array(sample));
  const rows = Array.from({ length: count }, (_, index) => rowOf(emulator, index, count));
  const lines = rows.map(({ source, name, provider, size, option }) =>
    JSON.stringify({ source, name, provider, size, meta: { title: name }, option }),
  );
  await writeFile(join(folder, 'rows.jsonl'), `${lines.join('\n')}\n`);
  return rows;
}

function configurationOf({ providers }: Emulator): object {
  const { importly, firework, twelvelabs, 'video-cdn': videoCdn } = providers;
  const common = { pollIntervalMs: 200, timeoutMs: 5_000, stallMs: 20_000, deadlineMs: 90_000 };
  return {
    default: 'media',
    providers: {
      media: {
        ...{ ...importly, ...common },
        limits: { jobs: importsAtOnce, starts: startsInWindow, statuses: looksInWindow },
      },
      cdn: { ...videoCdn, ...common },
      shop: { ...firework, ...common, multipartFromBytes: 6_000_000, limits: { starts: startsInWindow } },
      search: { ...twelvelabs, ...common, directMaxBytes: 1_000_000, busyLookMs: 500 },
    },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
    network: { allowPrivateAddresses: true },
  };
}

function fileOf(size: number): string {
  return `film-${size}.mp4`;
}

/** Of a hundred rows: 40 for Importly, 20 for the Video CDN, 25 for Firework, 15 for TwelveLabs, by URL and from files; the last rows are an integration's. */
function rowOf(emulator: Emulator, index: number, count: number): FaultRow {
  const name = `row-${String(index).padStart(6, '0')}.mp4`;
  const url = `${emulator.media.url}/padded/${smallBytes}/${name}`;
  const place = index % 100;
  if (index >= count - integrationRows) {
    const source = `integration:${emulator.twelvelabs.integrationId}`;
    return { name, provider: 'search', source, option: { incremental_import: false } };
  }
  if (place < 40) return { name, provider: 'media', source: url, option: { store: place % 10 === 0 } };
  if (place < 60) return { name, provider: 'cdn', source: url, size: smallBytes };
  if (place < 75) return { name, provider: 'shop', source: url, option: { async: true } };
  if (place < 84) return { name, provider: 'shop', source: fileOf(smallBytes) };
  if (place < 85) return { name, provider: 'shop', source: fileOf(largeBytes) };
  if (place < 95) return { name, provider: 'search', source: url };
  return { name, provider: 'search', source: fileOf(place < 99 ? smallBytes : largeBytes) };
}
