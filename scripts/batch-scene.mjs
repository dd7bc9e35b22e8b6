// A batch to be drawn by picture.mjs: URLs for a provider at its limit, files that take their time, a provider that is not there, rows that fail.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, script } from './workspace.mjs';

const command = join(root, 'packages/cli/bin/sluice.js');
const sceneMs = 16_000;
const fileBytes = 60_000_000;

await script(async () => {
  const { startEmulator } = await import('@sluice/emulator');
  const emulator = await startEmulator({
    importly: { limits: 'none', queuedMs: 200, runningMs: 1_800, sources: 'remember' },
    firework: { limits: 'none', transcodingMs: 400 },
  });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-scene-'));
  try {
    await prepare(emulator, folder);
    process.stdout.write('$ sluice batch rows.csv --result done.csv\n');
    const child = spawn(process.execPath, [command, 'batch', 'rows.csv', '--result', 'done.csv'], {
      cwd: folder,
      stdio: 'inherit',
    });
    const end = setTimeout(() => child.kill('SIGINT'), sceneMs);
    await once(child, 'close');
    clearTimeout(end);
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  }
});

async function prepare({ providers, media }, folder) {
  const { importly, firework, 'video-cdn': cdn } = providers;
  const configuration = {
    default: 'importly',
    providers: {
      importly: { ...importly, pollIntervalMs: 200, limits: { jobs: 8, starts: null, statuses: null } },
      shop: { ...firework, pollIntervalMs: 200 },
      // Nobody listens there.
      cdn: { ...cdn, baseUrl: 'http://127.0.0.1:2/api2' },
    },
    network: { allowPrivateAddresses: true, bytesPerSecond: 24_000_000 },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
  };
  await writeFile(join(folder, 'sluice.config.json'), JSON.stringify(configuration));
  const film = await fetch(`${media.url}/padded/${fileBytes}/film.mp4`);
  await writeFile(join(folder, 'film.mp4'), Buffer.from(await film.arrayBuffer()));
  const rows = Array.from({ length: 150 }, (_, index) => rowOf(media, index)).join('');
  await writeFile(join(folder, 'rows.csv'), `source,name,provider,size,key\n${rows}`);
}

function rowOf({ url, files }, index) {
  const { size } = files.find(({ name }) => name === 'sample.mp4');
  const number = String(index).padStart(3, '0');
  if (index === 7) return `${url}/sample.mp4,clip-${number},importly,5 MB,${index}\n`;
  if (index === 30) return `${url}/missing.mp4,clip-${number},importly,,${index}\n`;
  if (index % 10 === 3) return `film.mp4,films/take-${number}.mp4,shop,,${index}\n`;
  if (index % 10 === 6) return `${url}/sample.mp4,clips/${number}.mp4,cdn,${size},${index}\n`;
  return `${url}/sample.mp4,clip-${number},importly,,${index}\n`;
}
