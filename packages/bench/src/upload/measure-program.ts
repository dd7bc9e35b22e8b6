import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Native } from './native.js';
import { type Cost, costSchema } from './sending.js';

/** Nothing of what is set around it changes how a program sends: no proxy, no certificates of somebody else's. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME };

/** Runs a program to its end and says what it cost. @throws Error with its complaints, when it fails */
export async function measureProgram({ measure }: Native, [command, ...options]: [string, ...string[]]): Promise<Cost> {
  const { stdout } = await promisify(execFile)(measure, [command, ...options], { env });
  return costSchema.parse(JSON.parse(stdout));
}
