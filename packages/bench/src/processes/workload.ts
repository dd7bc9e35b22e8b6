import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import { type Service, startService } from './service.js';

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

/** Starts a workload and waits for the first line that it prints. */
export async function startWorkload<Ready extends z.ZodType, Last extends z.ZodType = z.ZodUnknown>(
  name: string,
  { input, result, nodeOptions = [], last }: WorkloadOptions<Ready> & { last?: Last },
): Promise<Service<z.output<Ready>, z.output<Last> | undefined>> {
  const options = [...nodeOptions, program, name, JSON.stringify(input)];
  return startService({ name: `the workload ${name}`, command: process.execPath, options, ready: result, last });
}
