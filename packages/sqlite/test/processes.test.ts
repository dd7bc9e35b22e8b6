import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JobRecord } from '@sluice/core/adapter';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../src/database.js';
import { sqlite } from '../src/index.js';
import { makeRecord, scratchPath, t0 } from './scratch.js';

interface Child {
  process: ChildProcess;
  lines: string[];
  /** Resolves with the exit code and everything on standard error. */
  ended: Promise<{ code: number | null; errors: string }>;
  /** Resolves when so many lines were printed. */
  printed(count: number): Promise<void>;
}

function start(script: string, ...args: string[]): Child {
  const path = fileURLToPath(new URL(`./processes/${script}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let errors = '';
  let rest = '';
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, errors }));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  const printed = async (count: number) => {
    while (lines.length < count) {
      const next = new Promise((resolve) => child.stdout.once('data', resolve));
      await Promise.race([next, ended]);
      if (child.exitCode !== null && lines.length < count)
        throw new Error(`it ended after ${lines.length} lines: ${errors}`);
    }
  };
  return { process: child, lines, ended, printed };
}

async function kill(child: Child): Promise<void> {
  child.process.kill('SIGKILL');
  await child.ended;
}

async function isSound(path: string): Promise<boolean> {
  const database = await openDatabase(path);
  const found = database.all('PRAGMA integrity_check');
  database.close();
  return found.length === 1 && found[0]?.integrity_check === 'ok';
}

describe('several processes on one file', () => {
  it('never have one job together, and keep their common limits', async () => {
    const path = scratchPath();
    const store = sqlite({ path });
    const ids = Array.from({ length: 150 }, (_, index) => `job-${index}`);
    await Promise.all(ids.map((id) => store.create(makeRecord(id))));
    await store.close();
    const children = ['a', 'b', 'c'].map((holder) => start('work', path, holder));
    const ends = await Promise.all(children.map(({ ended }) => ended));
    expect(ends).toEqual([
      { code: 0, errors: '' },
      { code: 0, errors: '' },
      { code: 0, errors: '' },
    ]);
    const done = children.flatMap(({ lines }) => lines).map((line) => line.split(' '));
    expect(done.map(([id]) => id ?? '').toSorted()).toEqual(ids.toSorted());
    expect(done.filter(([, fence, , ended]) => fence !== '1' || ended !== 'saved')).toEqual([]);
    expect(done.filter(([, , outcome]) => outcome === 'saved').length).toBe(40);
    expect(await isSound(path)).toBe(true);
  });

  it('agree on one key and one record when they make the file at the same time', async () => {
    const path = scratchPath();
    const children = Array.from({ length: 4 }, (_, index) => start('first-use', path, `job-${index}`));
    const ends = await Promise.all(children.map(({ ended }) => ended));
    expect(ends.map(({ code, errors }) => `${code} ${errors}`)).toEqual(['0 ', '0 ', '0 ', '0 ']);
    expect(new Set(children.flatMap(({ lines }) => lines)).size).toBe(1);
    const keys = readdirSync(dirname(path)).filter((name) => name.includes('.key'));
    expect(keys).toEqual(['jobs.db.key']);
  });

  it('take over the lease of one that was killed, when it has run out', async () => {
    const path = scratchPath();
    const store = sqlite({ path });
    await store.create(makeRecord('one'));
    const child = start('hold', path, String(t0 + 15_000));
    await child.printed(1);
    expect(child.lines).toEqual(['leased one 1']);
    await kill(child);
    const query = { holder: 'parent', until: t0 + 30_000 };
    expect(await store.lease({ ...query, now: t0 + 14_999 })).toEqual([]);
    expect(await store.lease({ ...query, now: t0 + 15_000 })).toMatchObject([{ record: { id: 'one' }, fence: 2 }]);
    await store.close();
  });
});

describe('a process that is killed while it writes', () => {
  it('has saved everything that it was told was saved', async () => {
    const path = scratchPath();
    const told = new Map<string, string>();
    for (const [round, count] of [1, 40, 150].entries()) {
      const child = start('write', path, `round${round}`);
      await child.printed(count);
      await kill(child);
      for (const [what, id] of child.lines.map((line) => line.split(' '))) told.set(id ?? '', what ?? '');
    }
    const store = sqlite({ path });
    const records = new Map<string, JobRecord>();
    for await (const record of store.list()) records.set(record.id, record);
    const missing = [...told].filter(([id, what]) => {
      const record = records.get(id);
      return record === undefined || (what === 'ended' && record.state !== 'failed');
    });
    expect(missing).toEqual([]);
    expect(told.size).toBeGreaterThan(100);
    expect([...records.values()].filter((record) => record.request === undefined)).toEqual([]);
    await store.close();
    expect(await isSound(path)).toBe(true);
  });
});
