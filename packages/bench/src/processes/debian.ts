import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** Why a program that ours is held against is not there. */
export class MissingProgram extends Error {}

/** A program, and the Debian packages that bring it. */
export interface Program {
  /** Succeeds where it is there. */
  test: [command: string, ...options: string[]];
  packages: string[];
}

/**
 * Sees that a program is there: from Debian's own packages, where that is possible and nobody has to be asked for a password.
 * @throws MissingProgram when it is not there and cannot be installed
 */
export async function ensureProgram({ test, packages }: Program): Promise<void> {
  if (await succeeds(test)) return;
  const names = packages.join(' ');
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new MissingProgram(`${names} is not installed (on Debian: apt-get install ${names}), and this is not root`);
  }
  process.stderr.write(`· installing ${names} with apt-get\n`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    await runFile('apt-get', ['update'], options);
    await runFile('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], options);
  } catch {
    throw new MissingProgram(`${names} is not installed, and apt-get could not install it`);
  }
}

async function succeeds([command, ...options]: Program['test']): Promise<boolean> {
  return runFile(command, options).then(
    () => true,
    () => false,
  );
}
