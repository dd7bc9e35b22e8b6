import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { makeWorld } from '../command/support.js';

const rows = 200;
const resultSchema = z.array(z.record(z.string(), z.string()));

/** Makes a disk in memory. @throws Error where only an administrator may */
function mountDisk(path: string, size: string): void {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' });
}

function canMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'sluice-disk-'));
  try {
    mountDisk(path, '64k');
    execFileSync('umount', [path]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

describe.runIf(canMount())('a disk that is full (skipped where no disk can be mounted)', () => {
  it.each([
    { what: 'of the result', result: 'disk/result.csv', path: 'jobs.db', size: '24k' },
    { what: 'of the store', result: 'result.csv', path: 'disk/jobs.db', size: '200k' },
  ])(
    '$what ends a batch with words, loses nothing, and is gone on from when there is room',
    {
      timeout: 90_000,
    },
    async ({ result, path, size }) => {
      const world = await makeWorld(
        { importly: { limits: 'none', queuedMs: 0, runningMs: 0, sources: 'remember', storage: 'none' } },
        { limits: { jobs: 8, starts: null, statuses: null } },
      );
      const disk = join(world.folder, 'disk');
      mountDisk(disk, size);
      onTestFinished(() => void execFileSync('umount', ['-l', disk]));
      await world.write('sluice.config.json', { ...world.configuration(), store: { adapter: '@sluice/sqlite', path } });
      const lines = Array.from({ length: rows }, (_, index) => `${world.source},n${index},n${index}\n`);
      await world.write('rows.csv', `source,name,key\n${lines.join('')}`);
      const ran = await world.sluice('batch', 'rows.csv', '--result', result);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/is it full|disk is full/);
      expect(ran.stderr).toMatch(/Go on with the same command/);
      execFileSync('mount', ['-o', 'remount,size=64m', disk]);
      const again = await world.sluice('batch', 'rows.csv', '--result', result);
      const ended = resultSchema.parse(parse(await readFile(join(world.folder, result), 'utf8'), { columns: true }));
      // A start whose answer found no room is one that nobody knows of: never sent again, and said.
      const unknown = ended.filter(({ error_code }) => error_code === 'unknown').length;
      expect(again.code).toBe(unknown > 0 ? 1 : 0);
      expect(new Set(ended.map(({ key }) => key)).size).toBe(rows);
      expect(ended).toHaveLength(rows);
      expect(ended.filter(({ state }) => state === 'completed')).toHaveLength(rows - unknown);
      expect(unknown).toBeLessThanOrEqual(8);
      expect(world.emulator.importly.counts().startsAccepted).toBeLessThanOrEqual(rows);
    },
  );
});
