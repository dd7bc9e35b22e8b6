import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod';

/** A process that serves others until it is stopped. */
export interface Service<Ready, Last> {
  /** What it printed when it was ready. */
  ready: Ready;
  /** Ends it by ending its standard input; answers with what it printed last. */
  stop(): Promise<Last>;
}

/** How a process is started, and what its first and its last line are, as JSON. */
export interface ServiceOptions<Ready extends z.ZodType, Last extends z.ZodType> {
  name: string;
  command: string;
  options: string[];
  ready: Ready;
  last?: Last | undefined;
}

/**
 * Starts a process and waits for the first line that it prints.
 * @throws Error with what it said, when it fails
 */
export async function startService<Ready extends z.ZodType, Last extends z.ZodType = z.ZodUnknown>({
  name,
  command,
  options,
  ready: readySchema,
  last,
}: ServiceOptions<Ready, Last>): Promise<Service<z.output<Ready>, z.output<Last> | undefined>> {
  const child = spawn(command, options);
  const said = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.errors += text;
  });
  const closed = once(child, 'close');
  const failure = () => new Error(`${name} failed\n${said.errors}`);
  await Promise.race([firstLine(child.stdout, said), closed]);
  const ready = z.json().safeParse(parseLine(said.output, 0));
  if (!ready.success) throw failure();
  return {
    ready: readySchema.parse(ready.data),
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
