import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultRule } from '@sluice/emulator';
import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { makeWorld } from '../command/support.js';

const rows = 300;
const atOnce = 12;
const resultSchema = z.array(z.record(z.string(), z.string()));

/** One call in ten goes wrong, in one way or another. */
const faults: FaultRule[] = [
  ...(['error-500-before', 'reset-before', 'rate-limit', 'lost-answer', 'error-503'] as const).map(
    (kind): FaultRule => ({ on: 'start', kind, probability: 0.02, seed: 7 }),
  ),
  ...(['error-502', 'reset-after', 'not-json', 'cut-body', 'error-504'] as const).map(
    (kind): FaultRule => ({ on: 'status', kind, probability: 0.02, seed: 11 }),
  ),
];

it('with one call in ten going wrong, every row ends right, none is started twice, and the limits hold', {
  timeout: 120_000,
}, async () => {
  const world = await makeWorld(
    { faults, importly: { limits: 'none', queuedMs: 0, runningMs: 0, sources: 'remember', storage: 'none' } },
    { limits: { jobs: atOnce, starts: null, statuses: null } },
  );
  const sources = Array.from({ length: rows }, (_, index) => `${world.emulator.media.url}/padded/80000/f-${index}.mp4`);
  await world.write('rows.csv', `source\n${sources.join('\n')}\n`);
  const ran = await world.sluice('batch', 'rows.csv', '--result', 'result.csv', '--json');
  const result = resultSchema.parse(parse(await readFile(join(world.folder, 'result.csv'), 'utf8'), { columns: true }));
  const wrong = result.filter(({ state, error_code }) => state !== 'completed' && error_code !== 'unknown');
  const unknown = result.filter(({ error_code }) => error_code === 'unknown').length;
  const { counts, imports } = world.emulator.importly;
  const perSource = new Map<string, number>();
  for (const { request } of imports()) perSource.set(request.url, (perSource.get(request.url) ?? 0) + 1);

  expect(new Set(result.map(({ source }) => source))).toEqual(new Set(sources));
  expect(wrong).toEqual([]);
  expect([...perSource.values()].filter((times) => times > 1)).toEqual([]);
  // Lost answers and cut starts, of which nobody can know more: about one in twenty-five.
  expect(unknown).toBeLessThan(rows / 8);
  expect(ran.code).toBe(unknown > 0 ? 1 : 0);
  expect(counts().peakConcurrent).toBeLessThanOrEqual(atOnce);
  expect(counts().statuses).toBeLessThan(rows * 30);
});
