import { spawn } from 'node:child_process';
import { commandFile } from '../command/support.js';

/** What a run of the command left. */
export interface KilledRun {
  /** null when it was killed. */
  code: number | null;
  output: string;
}

/** Runs the command with `--json` in a folder until it ends, or is killed as soon as `dies` says so. */
export async function runUntil(
  folder: string,
  words: string[],
  dies: (output: string) => boolean = () => false,
): Promise<KilledRun> {
  const child = spawn(process.execPath, [commandFile, ...words, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const watch = setInterval(() => {
    if (dies(output)) child.kill('SIGKILL');
  }, 1);
  const code = await ended;
  clearInterval(watch);
  return { code, output };
}
