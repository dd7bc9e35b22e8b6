import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** The program that runs one workload and nothing else. */
const program = fileURLToPath(new URL('../workload.js', import.meta.url));

/** What a workload is started with. */
export interface WorkloadOptions<Result extends z.ZodType> {
  input: unknown;
  /** What it prints. */
  result: Result;
  nodeOptions?: string[];
}

/**
 * Runs a workload in a process of its own, so that no side finds the heap or the compiled code of another.
 * @throws Error with what it said, when it fails
 */
export async function runWorkload<Result extends z.ZodType>(
  name: string,
  options: WorkloadOptions<Result>,
): Promise<z.output<Result>> {
  const { ready, stop } = await startWorkload(name, options);
  await stop();
  return ready;
}

/** A workload that serves others until it is stopped. */
export interface Service<Ready, Last> {
  /** What it printed when it was ready. */
  ready: Ready;
  /** Ends it; answers with what it printed last. */
  stop(): Promise<Last>;
}

/** Starts a workload and waits for the first line that it prints. */
export async function startWorkload<Ready extends z.ZodType, Last extends z.ZodType = z.ZodUnknown>(
  name: string,
  { input, result, nodeOptions = [], last }: WorkloadOptions<Ready> & { last?: Last },
): Promise<Service<z.output<Ready>, z.output<Last> | undefined>> {
  const child = spawn(process.execPath, [...nodeOptions, program, name, JSON.stringify(input)]);
  const said = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.errors += text;
  });
  const closed = once(child, 'close');
  const failure = () => new Error(`the workload ${name} failed\n${said.errors}`);
  await Promise.race([firstLine(child.stdout, said), closed]);
  const ready = z.json().safeParse(parseLine(said.output, 0));
  if (!ready.success) throw failure();
  return {
    ready: result.parse(ready.data),
    stop: async () => {
      child.stdin.end();
      await closed;
      if (child.exitCode !== 0) throw failure();
      return last?.parse(parseLine(said.output, 1));
    },
  };
}

async function firstLine(stream: NodeJS.ReadableStream, said: { output: string }): Promise<void> {
  while (!said.output.includes('\n')) await once(stream, 'data');
}

function parseLine(output: string, index: number): unknown {
  const line = output.split('\n')[index];
  return line === undefined || line === '' ? undefined : JSON.parse(line);
}
