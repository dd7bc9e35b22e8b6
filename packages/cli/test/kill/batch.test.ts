import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { cleanEnvironment, commandFile, makeWorld } from '../command/support.js';

const rows = 200;
const kills = 3;
const atOnce = 16;
const resultSchema = z.array(z.record(z.string(), z.string()));

/** Runs the batch, and kills it as soon as the provider has seen so many starts more; undefined lets it end. */
function runBatch(folder: string, killWhen: (() => boolean) | undefined): Promise<number | null> {
  const words = ['batch', 'rows.csv', '--result', 'result.csv'];
  const child = spawn(process.execPath, [commandFile, ...words], {
    cwd: folder,
    env: cleanEnvironment(folder),
    stdio: 'ignore',
  });
  const watch = setInterval(() => {
    if (killWhen?.() === true) child.kill('SIGKILL');
  }, 5);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearInterval(watch);
      resolve(code);
    });
  });
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
    const last = await runBatch(world.folder, undefined);
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
