// `npm run demo`: the main job, from a fresh clone. The real command imports a real MP4 by its URL through the Importly
// adapter, against the emulator; then what arrived is held against what was sent.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setUp } from './set-up.mjs';
import { root, run, script } from './workspace.mjs';

const command = join(root, 'packages/cli/bin/sluice.js');
const clip = join(root, 'demo-output', 'clip.mp4');

/** Minutes at the provider pass in seconds here: the whole is over in about ten. */
const provider = { speed: 60, queuedMs: 60_000, runningMs: 240_000 };
const sourceBytes = 12_000_000;

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
  const mediaUrl = `${emulator.media.url}/padded/${sourceBytes}/clip.mp4`;
  const config = await writeConfiguration(emulator, folder);
  const sluice = (words, options) => run(process.execPath, [command, ...words, '--config', config], options);

  title('A media file is imported by its URL');
  print(dim('The provider is an emulator on this machine: no account is needed, nothing'));
  print(dim('leaves the machine, and a minute at the provider is a second here.'));
  print(`\n$ sluice import ${mediaUrl} \\\n    --provider importly\n`);
  await sluice(['import', mediaUrl, '--provider', 'importly'], { show: true });
  const receipt = asked.slice();

  title('The proof: what arrived is what was sent');
  const { job } = JSON.parse(await sluice(['jobs', '--json', '--limit', '1']));
  const same = await prove(mediaUrl, job.items[0].asset.url);

  title('What the provider was asked');
  for (const line of summarize(receipt, emulator.url)) print(line);
  const once = emulator.importly.counts().starts === 1;
  print(`\n${verdict(once)} the import was started once`);

  title('What next');
  print(`The file is in ${bold(relative(process.cwd(), clip))}: open it.`);
  print(`  npx sluice emulator        ${dim('an emulator to try things on, with a configuration')}`);
  print(`  npx sluice import --help   ${dim('what an import can be told')}`);
  print(`  npm test                   ${dim('every check there is')}\n`);
  if (!same || !once) process.exitCode = 1;
}

async function writeConfiguration({ importly: { apiKey, baseUrl } }, folder) {
  const file = join(folder, 'sluice.config.json');
  const configuration = {
    // Real ones take the adapter's own pace; here a minute is a second.
    providers: { importly: { adapter: '@sluice/importly', apiKey, baseUrl, pollIntervalMs: 300 } },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
    network: { allowPrivateAddresses: true },
  };
  await writeFile(file, JSON.stringify(configuration));
  return file;
}

/** Downloads both, keeps what arrived, and answers whether they are the same. */
async function prove(sourceUrl, assetUrl) {
  const sent = await download(sourceUrl);
  const arrived = await download(assetUrl);
  await mkdir(dirname(clip), { recursive: true });
  await writeFile(clip, arrived);
  const hashes = [sent, arrived].map((bytes) => createHash('sha256').update(bytes).digest('hex'));
  print(`  source  ${sent.length.toLocaleString('en-US')} bytes, sha-256\n          ${hashes[0]}`);
  print(`  asset   ${arrived.length.toLocaleString('en-US')} bytes, sha-256\n          ${hashes[1]}`);
  const same = hashes[0] === hashes[1] && sent.length === arrived.length;
  print(`\n${verdict(same)} ${same ? 'every byte is the same' : 'they differ'}`);
  return same;
}

async function download(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** What the provider was asked and did: ids and addresses shortened, looks in a row as one line. */
function summarize(entries, url) {
  const short = (text) => text.replaceAll(url, '').replace(/([0-9a-f]{8})-[0-9a-f-]{27}/g, '$1…');
  const lines = [];
  for (const { provider: who, method, path, status, note } of entries) {
    if (who !== 'importly') continue;
    const call = `${method.padEnd(4)} ${short(path)}`;
    const last = lines.at(-1);
    if (last?.call === call) Object.assign(last, { times: last.times + 1, status, note: short(note) });
    else lines.push({ call, times: 1, status, note: short(note) });
  }
  return lines.map(({ call, times, status, note }) => {
    const often = times === 1 ? '' : bold(`  × ${times}`);
    return `  ${good(String(status ?? '---'))}  ${call}${often}${dim(`  ${note}`)}`;
  });
}

function verdict(well) {
  return well ? good('✓') : bad('✗');
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
