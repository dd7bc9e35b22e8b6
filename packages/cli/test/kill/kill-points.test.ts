import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const reportSchema = z.object({
  calls: z.number(),
  jobs: z.array(z.object({ state: z.string(), code: z.string().optional(), message: z.string().optional() })),
});

interface KillPoint {
  call: number;
  when: 'before' | 'after';
}

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
  emulator = await startEmulator({ importly: { limits: 'none', queuedMs: 60, runningMs: 60 } });
});

afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

function runWorker(run: { name: string; source?: string; killAt?: KillPoint }) {
  const { baseUrl, apiKey } = emulator.importly;
  const { name, ...rest } = run;
  const argument = JSON.stringify({ ...rest, database: join(folder, `${name}.db`), baseUrl, apiKey });
  const child = spawn(process.execPath, [worker, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise<{ signal: string | null; output: string }>((resolve, reject) => {
    child.on('error', reject).on('close', (_code, signal) => resolve({ signal, output }));
  });
}

function sourceFor(name: string): string {
  return `${emulator.media.url}/padded/100000/${name}.mp4`;
}

function startsOf(source: string): number {
  return emulator.importly.imports().filter(({ request }) => request.url === source).length;
}

describe('a process that is killed at any call of a job', () => {
  test('starts the import once and completes it, or says that it cannot know', { timeout: 120_000 }, async () => {
    const whole = await runWorker({ name: 'whole', source: sourceFor('whole') });
    const { calls, jobs } = reportSchema.parse(JSON.parse(whole.output));
    expect(jobs).toEqual([{ state: 'completed' }]);
    const points = Array.from({ length: calls }, (_, index) => index + 1).flatMap((call): KillPoint[] => [
      { call, when: 'before' },
      { call, when: 'after' },
    ]);

    const outcomes = await Promise.all(points.map(killAndResume));

    const tally = outcomes.map(({ outcome }) => outcome);
    console.log(`${points.length} kill points: ${summary(tally)}`);
    expect(outcomes.filter(({ outcome }) => outcome === 'wrong')).toEqual([]);
    expect(tally).toContain('completed');
    expect(tally).toContain('unknown');
  });
});

/** Kills a process at the point, lets another one carry on, and says how the job ended. */
async function killAndResume(killAt: KillPoint) {
  const name = `kill-${killAt.when}-${killAt.call}`;
  const source = sourceFor(name);
  const killed = await runWorker({ name, source, killAt });
  const resumed = await runWorker({ name });
  const { jobs } = reportSchema.parse(JSON.parse(resumed.output));
  return { name, signal: killed.signal, starts: startsOf(source), jobs, outcome: judge(jobs, startsOf(source)) };
}

function judge(
  jobs: z.infer<typeof reportSchema>['jobs'],
  starts: number,
): 'completed' | 'unknown' | 'nothing saved' | 'wrong' {
  const [job] = jobs;
  if (job === undefined) return starts === 0 ? 'nothing saved' : 'wrong';
  if (jobs.length === 1 && job.state === 'completed' && starts === 1) return 'completed';
  const honest = job.code === 'unknown' && job.message?.includes('Look at the provider') === true;
  return jobs.length === 1 && honest && starts <= 1 ? 'unknown' : 'wrong';
}

function summary(tally: string[]): string {
  const counts = new Map<string, number>();
  for (const outcome of tally) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
}
