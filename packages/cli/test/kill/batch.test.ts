import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { makeWorld } from '../command/support.js';
import { runUntil } from './killed.js';

const rows = 200;
const kills = 3;
const atOnce = 16;
const resultSchema = z.array(z.record(z.string(), z.string()));

/** Runs the batch until it ends, or is to die. @returns its exit code, null when killed */
async function runBatch(folder: string, dies?: () => boolean): Promise<number | null> {
  const { code } = await runUntil(folder, ['batch', 'rows.csv', '--result', 'result.csv'], dies);
  return code;
}

describe('a batch that is killed again and again, and started again by the same command', () => {
  test('ends with every row right, each import started once, and each row once in the result', {
    timeout: 120_000,
  }, async () => {
    const world = await makeWorld(
      { importly: { limits: 'none', queuedMs: 500, runningMs: 500, sources: 'remember', storage: 'none' } },
      { limits: { jobs: atOnce, starts: null, statuses: null } },
    );
    const sources = Array.from(
      { length: rows },
      (_, index) => `${world.emulator.media.url}/padded/80000/clip-${index}.mp4`,
    );
    await world.write('rows.csv', `source,meta.title\n${sources.map((source) => `${source},t\n`).join('')}`);
    const { counts, imports } = world.emulator.importly;
    for (let kill = 1; kill <= kills; kill += 1) {
      const wanted = Math.floor((rows * (kill - Math.random())) / kills);
      expect(await runBatch(world.folder, () => counts().starts >= wanted)).toBe(null);
    }
    const last = await runBatch(world.folder);
    const result = resultSchema.parse(
      parse(await readFile(join(world.folder, 'result.csv'), 'utf8'), { columns: true }),
    );
    const perSource = new Map<string, number>();
    for (const { request } of imports()) perSource.set(request.url, (perSource.get(request.url) ?? 0) + 1);
    const unknown = result.filter(({ error_code }) => error_code === 'unknown').length;

    expect(new Set(result.map(({ source }) => source))).toEqual(new Set(sources));
    expect([...perSource.values()].filter((times) => times > 1)).toEqual([]);
    // A start that was on its way at the kill may or may not have arrived: nobody can know, and the row says so.
    expect(result.filter(({ state }) => state === 'completed')).toHaveLength(rows - unknown);
    expect(unknown).toBeLessThanOrEqual(kills * atOnce);
    expect(last).toBe(unknown > 0 ? 1 : 0);
    expect(perSource.size).toBeGreaterThanOrEqual(rows - unknown);
  });
});
