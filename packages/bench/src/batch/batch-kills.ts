import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@sluice/emulator';
import type { Benchmark, Measured } from '../figures/benchmark.js';
import { startSluice } from '../processes/sluice-command.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';

/** The jobs that the provider takes at once: as many starts may be on their way at a kill, and nobody can know what became of them. */
const atOnce = 16;
const heading = 'source,name,job,state,asset_id,asset_url,error_code,error_message';

/** The command, killed at random moments of a batch and started again: what became of every row. */
export const batchKills: Benchmark = {
  name: 'batch-kills',
  title: 'A batch by the command, killed at random moments and started again',
  run: async ({ full, progress }) => {
    const { rows, kills } = full ? { rows: 2_000, kills: 10 } : { rows: 400, kills: 3 };
    const emulator = await startEmulator({
      importly: { limits: 'none', queuedMs: 0, runningMs: 50, sources: 'remember', storage: 'none' },
    });
    try {
      return await withTemporaryFolder((folder) => killAndCount(emulator, { folder, rows, kills, progress }));
    } finally {
      await emulator.close();
    }
  },
};

interface Plan {
  folder: string;
  rows: number;
  kills: number;
  progress: (text: string) => void;
}

async function killAndCount(emulator: Emulator, { folder, rows, kills, progress }: Plan): Promise<Measured> {
  await prepare(emulator, folder, rows);
  const { counts } = emulator.importly;
  for (let kill = 1; kill <= kills; kill += 1) {
    const wanted = Math.floor((rows * (kill - Math.random())) / (kills + 1));
    const code = await runBatch(folder, () => counts().starts >= wanted);
    progress(`kill ${kill} of ${kills}, ${code === null ? 'killed' : 'it had ended'} after ${counts().starts} starts`);
  }
  const code = await runBatch(folder, () => false);
  return count(emulator, { folder, rows, kills, code });
}

async function prepare({ importly, media }: Emulator, folder: string, rows: number): Promise<void> {
  const { baseUrl, apiKey } = importly;
  const limits = { jobs: atOnce, starts: null, statuses: null };
  const configuration = {
    providers: { importly: { adapter: '@sluice/importly', apiKey, baseUrl, pollIntervalMs: 20, limits } },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
    network: { allowPrivateAddresses: true },
  };
  await writeFile(join(folder, 'sluice.config.json'), JSON.stringify(configuration));
  const lines = Array.from({ length: rows }, (_, row) => `${media.url}/padded/80000/clip-${row}.mp4,clip-${row}\n`);
  await writeFile(join(folder, 'rows.csv'), `source,name\n${lines.join('')}`);
}

async function runBatch(folder: string, killNow: () => boolean): Promise<number | null> {
  const { kill, ended } = startSluice(['batch', 'rows.csv', '--result', 'result.csv'], folder);
  const watch = setInterval(() => {
    if (killNow()) kill();
  }, 5);
  return ended.finally(() => clearInterval(watch));
}

async function count(
  { importly }: Emulator,
  { folder, rows, kills, code }: { folder: string; rows: number; kills: number; code: number | null },
): Promise<Measured> {
  const [first, ...lines] = (await readFile(join(folder, 'result.csv'), 'utf8')).trimEnd().split('\n');
  if (first !== heading) throw new Error(`the result begins with ${first}`);
  const names = new Set(lines.map((line) => line.split(',')[1]));
  const completed = lines.filter((line) => line.split(',')[3] === 'completed').length;
  const unknown = lines.filter((line) => line.split(',')[6] === 'unknown').length;
  const starts = new Map<string, number>();
  for (const { request } of importly.imports()) starts.set(request.url, (starts.get(request.url) ?? 0) + 1);
  const twice = [...starts.values()].filter((times) => times > 1).length;
  const wrong = rows - completed - unknown + Math.abs(rows - lines.length) + Math.abs(rows - names.size) + twice;
  return {
    figures: [
      {
        what: 'rows that are lost, doubled or wrong',
        ours: { value: wrong, unit: 'rows' },
        figure: { value: wrong, unit: 'rows' },
        bar: { is: 'at most', value: 0 },
      },
    ],
    plots: [],
    notes: [
      `${rows} rows, ${kills} kills, then to the end (exit code ${code}): ${lines.length} lines of ${names.size} rows in the result`,
      `${completed} completed; ${unknown} unknown: their start was on its way at a kill, and Importly cannot be asked about it`,
      `the emulator saw ${starts.size} imports, ${twice} of them more than once`,
    ],
    missed: [],
  };
}
