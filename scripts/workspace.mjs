// What every script shares: where the workspace is, and one way to run a program in it.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The one pnpm that the lockfile was written with; brought by npx, since corepack is not on every machine. */
const pnpmVersion = readJson('package.json').packageManager.split('@')[1];

export function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** The packages of the workspace: folder, manifest, and whether the world gets to see it. */
export function packages() {
  return readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
    .map((name) => {
      const folder = `packages/${name}`;
      const manifest = readJson(`${folder}/package.json`);
      return { name: manifest.name, folder, manifest, isPublic: !manifest.private };
    });
}

/** A program failed: `output` is all that it said, unless it was `shown` while it ran. */
class CommandError extends Error {
  constructor(command, { status, output, shown }) {
    super(`${command} ended with ${status}`);
    this.output = output;
    this.shown = shown;
    this.exitCode = typeof status === 'number' ? status : 1;
  }
}

/** The body of a script: an error is printed for a reader, and becomes the exit code. */
export async function script(body) {
  try {
    await body();
  } catch (error) {
    process.exitCode = error.exitCode ?? 1;
    if (error.shown) return;
    process.stderr.write(error instanceof CommandError ? `${error.output}\n${error.message}\n` : `${error.stack}\n`);
  }
}

/** Whether Node was started with this very file, given its `import.meta.url`. */
export function isMain(url) {
  return process.argv[1] === fileURLToPath(url);
}

/**
 * Runs a program in the workspace. Its output goes to the terminal with `show`, otherwise it is kept: returned when all
 * went well, carried by the error when not.
 */
export function run(command, args, { show = false, cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    // An interruption from the keyboard reaches the program too: it ends in its own way, and this waits for that.
    const wait = () => {};
    if (show) process.on('SIGINT', wait);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', wait);
      if (code === 0) resolve(output);
      else reject(new CommandError([command, ...args].join(' '), { status: signal ?? code, output, shown: show }));
    });
  });
}

/** Runs a JavaScript file of an installed tool with this Node: quicker than npx, and the same on every system. */
export function runTool(file, args, options) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args], options);
}

/** The Node that most people should use; the npm package `node` brings it where this is another. */
export const currentLts = 24;
export const onCurrentLts = process.versions.node.startsWith(`${currentLts}.`);

/** Runs a JavaScript file on the current LTS. */
export function runOnLts(args, options) {
  if (onCurrentLts) return run(process.execPath, args, options);
  return run('npx', ['-y', '-p', `node@${currentLts}`, 'node', ...args], options);
}

export function pnpm(args, options = {}) {
  return run('npx', ['-y', `pnpm@${pnpmVersion}`, ...args], options);
}
