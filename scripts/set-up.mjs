// Makes a checkout ready to use: installs what the lockfile names and builds every package. Both are skipped quickly
// when nothing changed since the last time, so that every command can begin with it.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMain, packages, pnpm, root, runTool, script } from './workspace.mjs';

const stampFile = join(root, 'node_modules', '.sluice-set-up');

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Sluice needs Node 20.19 or newer, this is ${process.versions.node}: see https://nodejs.org`);
}

/** What an installation depends on: the lockfile, the manifests, and this Node with its machine (native packages). */
function installStamp() {
  const hash = createHash('sha256');
  hash.update([process.version, process.platform, process.arch].join(' '));
  const manifests = packages().map(({ folder }) => `${folder}/package.json`);
  for (const path of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', ...manifests]) {
    hash.update(`\n${path}\n`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/** Installs what the lockfile names. Answers whether there was anything to do. */
export async function install(options) {
  checkNode();
  const stamp = installStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  // Without a terminal pnpm will not replace modules that another version of it installed unless it is told to.
  await pnpm(['install', '--frozen-lockfile', '--config.confirm-modules-purge=false'], options);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

/** A source that is gone leaves its output behind, which would still be imported, tested and packed. */
function removeStaleOutput() {
  for (const { folder } of packages()) {
    const dist = join(root, folder, 'dist');
    if (!existsSync(dist)) continue;
    for (const entry of readdirSync(dist, { recursive: true })) {
      const source = /^(.*?)\.(d\.ts|js)(\.map)?$/.exec(entry)?.[1];
      if (source === undefined || existsSync(join(root, folder, 'src', `${source}.ts`))) continue;
      rmSync(join(dist, entry));
    }
  }
}

/** Builds what changed. */
export async function build(options) {
  removeStaleOutput();
  await runTool('typescript/bin/tsc', ['-b'], options);
}

/** Everything that a command needs before it starts; says so only when it takes long. */
export async function setUp() {
  if (!existsSync(stampFile)) process.stderr.write('Setting up: installing packages, then building (about a minute)\n');
  await install();
  await build();
}

if (isMain(import.meta.url)) await script(setUp);
