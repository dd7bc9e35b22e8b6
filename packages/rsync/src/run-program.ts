import { spawn } from 'node:child_process';

/** A program to be run, without a shell. */
export interface Program {
  program: string;
  parameters: string[];
  /** All of its environment. */
  environment: Record<string, string>;
  /** Written to it, and then no more. */
  input: string;
  signal: AbortSignal;
}

/** How it ended, and what it wrote: the head of it. */
export interface Ended {
  /** Undefined where a signal ended it. */
  code: number | undefined;
  output: string;
  errors: string;
}

const keptCharacters = 64 * 1024;
/** After this it is not asked any more, but ended. */
const graceMs = 2_000;

/**
 * Runs a program to its end. When the signal fires, it and all that it started are ended before the promise rejects with the
 * signal's reason; so are they when this process ends in order.
 */
export async function runProgram({ program, parameters, environment, input, signal }: Program): Promise<Ended> {
  signal.throwIfAborted();
  // A group of its own: rsync starts others.
  const child = spawn(program, parameters, { env: environment, stdio: 'pipe', detached: true });
  const kill = (how: NodeJS.Signals) => endGroup(child.pid, how);
  const onExit = () => kill('SIGKILL');
  let patience: NodeJS.Timeout | undefined;
  const onAbort = () => {
    kill('SIGTERM');
    patience = setTimeout(() => kill('SIGKILL'), graceMs);
  };
  process.once('exit', onExit);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const written = { output: '', errors: '' };
    child.stdout.on('data', (text) => {
      written.output = `${written.output}${text}`.slice(0, keptCharacters);
    });
    child.stderr.on('data', (text) => {
      written.errors = `${written.errors}${text}`.slice(0, keptCharacters);
    });
    // It may end before it has read all.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (number) => resolve(number ?? undefined));
    });
    signal.throwIfAborted();
    return { code, ...written };
  } finally {
    clearTimeout(patience);
    process.off('exit', onExit);
    signal.removeEventListener('abort', onAbort);
  }
}

function endGroup(pid: number | undefined, how: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, how);
  } catch {
    // It ended by itself.
  }
}
