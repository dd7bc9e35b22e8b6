import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach } from 'vitest';
import * as z from 'zod';
import { type Emulator, type EmulatorOptions, startEmulator } from '../src/index.js';

const running: Emulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

/** An emulator that is closed after the test. Its jobs do not wait, unless the test says so. */
export async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const importly = { queuedMs: 0, runningMs: 0, ...options.importly };
  const emulator = await startEmulator({ ...options, importly });
  running.push(emulator);
  return emulator;
}

/** The address of a sample file. */
export function sample({ media }: Emulator, name = 'sample.mp4'): string {
  return `${media.url}/${name}`;
}

const runFile = promisify(execFile);

/** Runs curl and answers with what it printed. */
export async function curl(...parameters: string[]): Promise<string> {
  const { stdout } = await runFile('curl', ['--silent', '--show-error', '--max-time', '20', ...parameters]);
  return stdout;
}

const answerBody = z.object({ success: z.boolean(), data: z.record(z.string(), z.unknown()).optional() });

interface CalledAnswer {
  status: number;
  headers: Headers;
  json: unknown;
  data: Record<string, unknown>;
}

/** Calls the emulated Importly, with its key unless told another: GET, or POST where there is a body. */
export async function call(
  { importly }: Emulator,
  path: string,
  { body, key = importly.apiKey }: CallOptions = {},
): Promise<CalledAnswer> {
  const response = await fetch(`${importly.baseUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const json: unknown = await response.json();
  const { data = {} } = answerBody.parse(json);
  return { status: response.status, headers: response.headers, json, data };
}

interface CallOptions {
  body?: unknown;
  key?: string;
}

/** Starts an import and answers with its id. */
export async function start(emulator: Emulator, request: object): Promise<string> {
  const { status, data } = await call(emulator, '/import', { body: request });
  if (status !== 200) throw new Error(`the start was answered with ${status}`);
  return z.string().parse(data.jobId ?? data.id);
}

/** Asks for a job's status until it has ended. */
export async function finish(emulator: Emulator, id: string, path = '/import/status') {
  for (let round = 0; round < 1000; round += 1) {
    const { data } = await call(emulator, `${path}?id=${id}`);
    if (data.status === 'completed' || data.status === 'failed') return data;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${id} does not end`);
}

/** The `result` of a completed job. */
export function resultOf(data: Record<string, unknown>): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(data.result);
}
