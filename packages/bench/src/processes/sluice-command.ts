import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

const costSchema = z.object({ cpuMs: z.number(), peakBytes: z.number() });

/** A run of the command that is not over. */
export interface Running {
  kill(): void;
  /** Its exit code; null where it was killed. */
  ended: Promise<number | null>;
}

/** What a run of the command left, and what it cost. */
export interface Ran {
  code: number | null;
  wallMs: number;
  /** Of the process itself, in milliseconds. */
  cpuMs: number;
  /** Bytes. */
  peakBytes: number;
}

/** Starts the command as it is installed, in a folder. What it says goes nowhere. */
export function startSluice(words: readonly string[], folder: string): Running {
  const child = spawn(process.execPath, [commandFile(), ...words], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { kill: () => void child.kill('SIGKILL'), ended };
}

/** Runs the command to its end and says what it cost. */
export async function measureSluice(words: readonly string[], folder: string): Promise<Ran> {
  const before = performance.now();
  const telling = new URL('./tell-cost.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', telling, commandFile(), ...words], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const pipe = child.stdio[3];
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const said = pipe !== null && pipe !== undefined && 'read' in pipe ? await text(pipe) : '';
  const code = await ended;
  return { code, wallMs: performance.now() - before, ...costSchema.parse(JSON.parse(said)) };
}

function commandFile(): string {
  const manifest = createRequire(import.meta.url).resolve('@sluice/cli/package.json');
  return join(dirname(manifest), 'bin', 'sluice.js');
}
