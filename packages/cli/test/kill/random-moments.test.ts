import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { runUntil } from './killed.js';

const runs = 24;
/** Of them, those that die about when the job is saved. */
const earlyRuns = 6;
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

/** How long a run takes until its first word, and from there to its end. */
interface Pace {
  silentMs: number;
  spokenMs: number;
}

/** Runs an import to its end. */
async function takePace(): Promise<Pace> {
  const place = await prepare('whole');
  const startedAt = performance.now();
  let spokeAt = startedAt;
  const { output } = await runUntil(place, ['import', sourceFor('whole')], (text) => {
    if (text === '') spokeAt = performance.now();
    return false;
  });
  expect(lastJob(output)?.state).toBe('completed');
  return { silentMs: spokeAt - startedAt, spokenMs: performance.now() - spokeAt };
}

/**
 * Starts an import and kills it. A few die around its first word, when the job is saved; the others' moments cover all that follows, counted from
 * that word: how long a process takes to get there changes with whatever else the machine does.
 */
async function kill(index: number, { silentMs, spokenMs }: Pace): Promise<Killed> {
  const name = `run-${index}`;
  const place = await prepare(name);
  const source = sourceFor(name);
  const startedAt = performance.now();
  const early = index < earlyRuns ? silentMs * (0.7 + (0.4 * (index + Math.random())) / earlyRuns) : undefined;
  const late = (spokenMs * (index - earlyRuns + Math.random())) / (runs - earlyRuns);
  let spokeAt: number | undefined;
  await runUntil(place, ['import', source], (output) => {
    const now = performance.now();
    if (early !== undefined) return now >= startedAt + early;
    if (output !== '') spokeAt ??= now;
    return spokeAt !== undefined && now >= spokeAt + late;
  });
  return { name, place, source };
}

async function resume({ name, place, source }: Killed) {
  await runUntil(place, ['resume']);
  const listed = lastJob((await runUntil(place, ['jobs'])).output);
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
    const pace = await takePace();
    const killed = await inTurns([...Array(runs).keys()], 1, (index) => kill(index, pace));
    const outcomes = await inTurns(killed, 8, resume);

    const lines = outcomes.map(
      ({ name, state, code, starts }) => `${name}: ${state}${code ? ` (${code})` : ''}, ${starts} start`,
    );
    console.log(lines.join('\n'));
    expect(outcomes.filter((outcome) => !isRight(outcome))).toEqual([]);
    expect(outcomes.some(({ state }) => state === 'completed')).toBe(true);
  });
});
