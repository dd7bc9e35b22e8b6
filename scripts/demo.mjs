// `npm run demo`: the main job, from a fresh clone. The real command imports a real MP4 by its URL through the Importly
// adapter, against the emulator; then what arrived is held against what was sent.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setUp } from './set-up.mjs';
import { root, run, script } from './workspace.mjs';

const command = join(root, 'packages/cli/bin/sluice.js');
const clip = join(root, 'demo-output', 'clip.mp4');

/** Minutes at the provider pass in seconds here: the whole is over in about ten. */
const provider = { speed: 60, queuedMs: 60_000, runningMs: 240_000 };
/** Big enough, and slow enough, for the provider to need a while to fetch it. */
const source = { bytes: 12_000_000, bytesPerSecond: 5_000_000 };

const { bold, dim, good, bad } = palette();

await script(async () => {
  await setUp();
  const { startEmulator } = await import('@sluice/emulator');
  const asked = [];
  const { speed, ...importly } = provider;
  const emulator = await startEmulator({ speed, importly, log: (entry) => asked.push(entry) });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  try {
    await demonstrate(emulator, { folder, asked });
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  }
});

async function demonstrate(emulator, { folder, asked }) {
  const mediaUrl = `${emulator.media.url}/padded/${source.bytes}/clip.mp4`;
  const config = await writeConfiguration(emulator, folder);
  title('A media file is imported by its URL');
  print(
    dim(`The provider is an emulator on this machine: no account, nothing leaves it. A minute there is a second here.`),
  );
  const words = ['import', `${mediaUrl}?rate=${source.bytesPerSecond}`, '--provider', 'importly'];
  print(`\n$ sluice ${words.join(' ')}\n`);
  await run(process.execPath, [command, ...words, '--config', config], { show: true });
  const receipt = asked.slice();

  const { job } = JSON.parse(
    await run(process.execPath, [command, 'jobs', '--json', '--limit', '1', '--config', config]),
  );
  const [item] = job.items;
  title('The proof: what arrived is what was sent');
  const sent = await download(mediaUrl);
  const arrived = await download(item.asset.url);
  await mkdir(join(clip, '..'), { recursive: true });
  await writeFile(clip, arrived);
  const same = prove(sent, arrived);

  title('What the provider was asked');
  for (const line of summarize(receipt)) print(line);
  const { starts, startsAccepted } = emulator.importly.counts();
  print(`\n${starts === 1 && startsAccepted === 1 ? good('✓') : bad('✗')} started once, and paid for once`);

  title('What next');
  print(`The file is in ${bold(relative(process.cwd(), clip) || clip)}: open it.`);
  print(`  npx sluice emulator           ${dim('runs the emulator, with a configuration and sources to try')}`);
  print(`  npx sluice import --help      ${dim('says what an import can be told')}`);
  print(`  npm test                      ${dim('runs every check')}\n`);
  if (!same || starts !== 1) process.exitCode = 1;
}

async function writeConfiguration({ importly }, folder) {
  const file = join(folder, 'sluice.config.json');
  const { apiKey, baseUrl } = importly;
  const configuration = {
    // Real ones take the adapter's own pace; here a minute is a second.
    providers: { importly: { adapter: '@sluice/importly', apiKey, baseUrl, pollIntervalMs: 300 } },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
    network: { allowPrivateAddresses: true },
  };
  await writeFile(file, JSON.stringify(configuration));
  return file;
}

async function download(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

function prove(sent, arrived) {
  const rows = [
    ['bytes', sent.length.toLocaleString('en-US'), arrived.length.toLocaleString('en-US')],
    ['sha-256', sha256(sent), sha256(arrived)],
  ];
  for (const [what, there, here] of rows) {
    print(`  ${what.padEnd(8)} of the source   ${there}`);
    print(`  ${''.padEnd(8)} of the asset    ${here}  ${there === here ? good('✓ equal') : bad('✗ different')}`);
  }
  return rows.every(([, there, here]) => there === here);
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The emulator's log, looks in a row as one line. */
function summarize(entries) {
  const lines = [];
  for (const { method, path, status, note } of entries) {
    const what = `${method.padEnd(4)} ${path}`;
    const last = lines.at(-1);
    if (last?.what === what) Object.assign(last, { times: last.times + 1, status, note });
    else lines.push({ what, times: 1, status, note });
  }
  return lines.map(({ what, times, status, note }) => {
    const often = times === 1 ? '' : bold(`  × ${times}`);
    return `  ${good(String(status ?? '---'))}  ${what}${often}${note === '' ? '' : dim(`  ${note}`)}`;
  });
}

function title(text) {
  print(`\n${bold(text)}`);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

function palette() {
  const colors = process.stdout.isTTY && process.stdout.hasColors();
  const paint = (on, off) => (text) => (colors ? `\x1b[${on}m${text}\x1b[${off}m` : text);
  return { bold: paint(1, 22), dim: paint(2, 22), good: paint(32, 39), bad: paint(31, 39) };
}
