import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

const command = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));
const runs = 24;
const lineSchema = z.object({ type: z.string(), job: z.unknown() });
const jobSchema = z.object({ id: z.string(), state: z.string(), error: z.object({ code: z.string() }).nullish() });

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-random-'));
  emulator = await startEmulator({
    importly: { limits: 'none', queuedMs: 200, runningMs: 300 },
    faults: [{ on: 'start', kind: 'latency', latencyMs: 150 }],
  });
});

afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

/** Runs the command in the folder of one run; with `killAfterMs`, not to its end. */
async function sluice(place: string, args: string[], killAfterMs?: number): Promise<string> {
  const child = spawn(process.execPath, [command, ...args, '--json'], {
    cwd: place,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  if (killAfterMs !== undefined) {
    await sleep(killAfterMs);
    child.kill('SIGKILL');
  }
  await ended;
  return output;
}

function lastJob(output: string) {
  const jobs = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineSchema.parse(JSON.parse(line)))
    .filter(({ type }) => type === 'job')
    .map(({ job }) => jobSchema.parse(job));
  return jobs.at(-1);
}

async function prepare(name: string): Promise<string> {
  const place = join(folder, name);
  const { baseUrl, apiKey } = emulator.importly;
  await mkdir(place);
  const configuration = {
    providers: { importly: { adapter: '@sluice/importly', apiKey, baseUrl, pollIntervalMs: 50 } },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
  };
  await writeFile(join(place, 'sluice.config.json'), JSON.stringify(configuration));
  return place;
}

interface Killed {
  name: string;
  place: string;
  source: string;
}

/** Starts an import and kills it; the moments of all runs cover a whole run. */
async function kill(index: number, wholeRunMs: number): Promise<Killed> {
  const name = `run-${index}`;
  const place = await prepare(name);
  const source = sourceFor(name);
  await sluice(place, ['import', source], (wholeRunMs * (index + Math.random())) / runs);
  return { name, place, source };
}

async function resume({ name, place, source }: Killed) {
  await sluice(place, ['resume']);
  const listed = lastJob(await sluice(place, ['jobs']));
  const starts = emulator.importly.imports().filter(({ request }) => request.url === source).length;
  return { name, starts, state: listed?.state ?? 'nothing saved', code: listed?.error?.code };
}

function sourceFor(name: string): string {
  return `${emulator.media.url}/padded/200000/${name}.mp4`;
}

/** So many at once: each of them is a process, and the machine may be small. */
async function inTurns<In, Out>(inputs: In[], atOnce: number, work: (input: In) => Promise<Out>): Promise<Out[]> {
  const outputs: Out[] = [];
  const queue = [...inputs];
  const worker = async () => {
    for (let input = queue.shift(); input !== undefined; input = queue.shift()) outputs.push(await work(input));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return outputs;
}

type Outcome = Awaited<ReturnType<typeof resume>>;

/** Completed with one start; never saved and never started; or honestly not known. */
function isRight({ starts, state, code }: Outcome): boolean {
  if (state === 'completed') return starts === 1;
  if (state === 'nothing saved') return starts === 0;
  return state === 'failed' && code === 'unknown' && starts <= 1;
}

describe('the command, killed at a random moment and resumed', () => {
  test('never starts an import twice and loses none', { timeout: 150_000 }, async () => {
    const place = await prepare('whole');
    const startedAt = performance.now();
    expect(lastJob(await sluice(place, ['import', sourceFor('whole')]))?.state).toBe('completed');
    const wholeRunMs = performance.now() - startedAt;

    const killed = await inTurns([...Array(runs).keys()], 1, (index) => kill(index, wholeRunMs));
    const outcomes = await inTurns(killed, 8, resume);

    const lines = outcomes.map(
      ({ name, state, code, starts }) => `${name}: ${state}${code ? ` (${code})` : ''}, ${starts} start`,
    );
    console.log(lines.join('\n'));
    expect(outcomes.filter((outcome) => !isRight(outcome))).toEqual([]);
    expect(outcomes.some(({ state }) => state === 'completed')).toBe(true);
  });
});
