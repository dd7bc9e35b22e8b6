import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { makeWorld, type Ran, type World } from '../command/support.js';

const unlimited = { limits: { jobs: null, starts: null, statuses: null } };
const fast = { importly: { limits: 'none', queuedMs: 0, runningMs: 0, sources: 'remember', storage: 'none' } } as const;
const resultSchema = z.array(z.record(z.string(), z.string()));
const batchSchema = z.looseObject({ type: z.literal('batch'), rows: z.record(z.string(), z.number().nullable()) });

function manifestOf({ source }: World, names: string[]): string {
  return `source,name,key\n${names.map((name) => `${source},${name},${name}\n`).join('')}`;
}

async function resultOf({ folder }: World, name = 'result.csv') {
  return resultSchema.parse(parse(await readFile(join(folder, name), 'utf8'), { columns: true }));
}

function sums(ran: Ran) {
  return batchSchema.parse(JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '')).rows;
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

describe('sluice batch', () => {
  it('imports every row, tells of each, writes a result, and skips all of it the next time', {
    timeout: 60_000,
  }, async () => {
    const world = await makeWorld(fast, unlimited);
    await world.write(
      'rows.csv',
      `${manifestOf(world, names(20))}nothing.mp4,a,\n${world.source}\n${world.source},n3,n3\n`,
    );
    const first = await world.sluice('batch', 'rows.csv', '--result', 'result.csv', '--json');
    expect(first.code).toBe(1);
    expect(sums(first)).toEqual({
      total: 23,
      completed: 21,
      failed: 0,
      refused: 2,
      skipped: 0,
      failedBefore: 0,
      left: 0,
    });
    const lines = first.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ type }) => type === 'job')).toHaveLength(20);
    expect(
      lines
        .filter(({ type }) => type === 'row')
        .map(({ row, line, sameAs }) => [row, line, sameAs])
        .toSorted(([a], [b]) => a - b),
    ).toEqual([
      [21, 22, null],
      [22, 23, null],
      [23, 24, 4],
    ]);
    const result = await resultOf(world);
    expect(result).toHaveLength(23);
    expect(result.filter(({ state, asset_url }) => state === 'completed' && asset_url !== '')).toHaveLength(21);
    const starts = world.emulator.importly.counts().starts;
    const again = await world.sluice('batch', 'rows.csv', '--result', 'result.csv', '--json');
    expect(sums(again)).toMatchObject({ completed: 0, refused: 2, skipped: 21 });
    expect((await resultOf(world)).length).toBe(23);
    expect(world.emulator.importly.counts().starts).toBe(starts);
    expect(starts).toBe(20);
  });

  it('does what is left of a result that is fed back in, also where the store knows nothing', {
    timeout: 60_000,
  }, async () => {
    const world = await makeWorld(fast, unlimited);
    await world.write('rows.csv', manifestOf(world, names(5)));
    await world.sluice('batch', 'rows.csv', '--result', 'done.csv');
    const done = await readFile(join(world.folder, 'done.csv'), 'utf8');
    const changed = done.replace(/^(.*,n2,n2,).*$/m, '$1,,,,,');
    await world.write('next.csv', changed);
    await world.write('sluice.config.json', {
      ...world.configuration(),
      store: { adapter: '@sluice/sqlite', path: 'other.db' },
    });
    const ran = await world.sluice('batch', 'next.csv', '--result', 'result.csv', '--json');
    expect(sums(ran)).toMatchObject({ completed: 1, skipped: 4 });
    expect((await resultOf(world)).map(({ state }) => state)).toEqual(Array(5).fill('completed'));
  });

  it('of a manifest that changed since does what is new or changed, and keeps what is done', {
    timeout: 60_000,
  }, async () => {
    const world = await makeWorld(fast, unlimited);
    const line = (name: string, title: string) => `${world.source},${name},${title}\n`;
    await world.write('rows.csv', `source,name,meta.title\n${line('a', '1')}${line('b', '1')}${line('c', '1')}`);
    await world.sluice('batch', 'rows.csv', '--result', 'result.csv');
    await world.write(
      'rows.csv',
      `name,source,meta.title\nnew,${world.source},1\nc,${world.source},1\nb,${world.source},2\n`,
    );
    const ran = await world.sluice('batch', 'rows.csv', '--result', 'result.csv', '--json');
    expect(sums(ran)).toMatchObject({ total: 3, completed: 2, skipped: 1 });
    const named = (await resultOf(world)).map((row) => [row.name, row['meta.title'], row.state].join(' ')).toSorted();
    expect(named).toEqual(['a 1 completed', 'b 1 completed', 'b 2 completed', 'c 1 completed', 'new 1 completed']);
  });

  it('leaves what failed to retry, and has it right afterwards', { timeout: 60_000 }, async () => {
    const world = await makeWorld(fast, unlimited);
    // A host that is not there yet for two of six.
    let missing = true;
    const host = createServer((request, response) => {
      const gone = missing && request.url !== undefined && /n[01]$/.test(request.url);
      response.writeHead(gone ? 404 : 302, gone ? {} : { location: world.source }).end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void host.close());
    await once(host, 'listening');
    const { port } = z.object({ port: z.number() }).parse(host.address());
    await world.write(
      'rows.csv',
      `source\n${names(6)
        .map((name) => `http://127.0.0.1:${port}/${name}\n`)
        .join('')}`,
    );
    const first = await world.sluice('batch', 'rows.csv', '--result', 'result.csv', '--json');
    expect([first.code, sums(first).failed]).toEqual([1, 2]);
    const second = await world.sluice('batch', 'rows.csv', '--result', 'result.csv', '--json');
    expect([second.code, sums(second).failedBefore]).toEqual([1, 2]);
    expect(second.stderr).toContain('2 that failed may succeed: sluice retry --failed, then the same command again');
    expect((await resultOf(world)).filter(({ error_code }) => error_code === 'source-unreachable')).toHaveLength(2);
    missing = false;
    const retried = await world.sluice('retry', '--failed', '--json');
    expect(retried.code).toBe(0);
    const third = await world.sluice('batch', 'rows.csv', '--result', 'result.csv', '--json');
    expect(third.code).toBe(0);
    expect((await resultOf(world)).map(({ state }) => state)).toEqual(Array(6).fill('completed'));
  });

  it('reads standard input, and JSONL', { timeout: 60_000 }, async () => {
    const world = await makeWorld(fast, unlimited);
    await world.write(
      'rows.jsonl',
      names(3)
        .map((name) => `${JSON.stringify({ source: world.source, key: name })}\n`)
        .join(''),
    );
    const ran = await world.shell('sluice batch - --json --result result.jsonl < rows.jsonl');
    expect([ran.code, sums(ran).completed]).toEqual([0, 3]);
    const lines = (await readFile(join(world.folder, 'result.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).state)).toEqual(Array(3).fill('completed'));
  });

  it('at Ctrl-C leaves all of it resumable, and says how to go on', { timeout: 60_000 }, async () => {
    const slow = { importly: { ...fast.importly, queuedMs: 600_000 } } as const;
    const world = await makeWorld({ ...slow, speed: 1 }, unlimited);
    await world.write('rows.csv', manifestOf(world, names(10)));
    const running = world.start('batch', 'rows.csv', '--result', 'result.csv');
    await expect.poll(() => world.emulator.importly.counts().startsAccepted, { timeout: 20_000 }).toBe(10);
    running.child.kill('SIGINT');
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toMatch(
      /interrupted; nothing is lost.*Go on with the same command: sluice batch rows\.csv --result result\.csv/,
    );
    expect(
      (await resultOf(world)).map(({ state }) => state).every((state) => state === 'queued' || state === 'running'),
    ).toBe(true);
    world.emulator.clock.advance(600_000);
    expect((await world.sluice('batch', 'rows.csv', '--result', 'result.csv')).code).toBe(0);
    expect((await resultOf(world)).map(({ state }) => state)).toEqual(Array(10).fill('completed'));
    expect(world.emulator.importly.counts().starts).toBe(10);
  });

  it('shares the work with a second process on the same manifest', { timeout: 60_000 }, async () => {
    const world = await makeWorld({ importly: { ...fast.importly, queuedMs: 4_000 } }, unlimited);
    await world.write('rows.csv', manifestOf(world, names(30)));
    const both = await Promise.all(
      ['one.csv', 'two.csv'].map((name) => world.sluice('batch', 'rows.csv', '--result', name)),
    );
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    for (const name of ['one.csv', 'two.csv']) expect(await resultOf(world, name)).toHaveLength(30);
    expect(world.emulator.importly.counts().starts).toBe(30);
  });
});

describe('sluice batch refuses, in one line and with nothing done,', () => {
  it.each([
    ['a manifest that is not there', ['none.csv'], /none\.csv: there is no such file/],
    ['a column that no manifest has', ['bad.csv'], /bad\.csv: column "naem" is none of/],
    ['a result that is the manifest', ['rows.csv', '--result', 'rows.csv'], /is the manifest itself/],
    [
      'a result that is another manifest',
      ['rows.csv', '--result', 'bad.csv'],
      /--result bad\.csv: is there already and is no result of a batch/,
    ],
    ['a report that is the manifest', ['rows.csv', '--report', 'rows.csv'], /is there already and is no page/],
    ['one file for both', ['rows.csv', '--result', 'a', '--report', 'a'], /--report: is the file of --result/],
    ['a report that cannot be written', ['rows.csv', '--report', 'no/where.html'], /its folder is not there/],
    ['a result that cannot be written', ['rows.csv', '--result', 'no/where.csv'], /its folder is not there/],
  ])('%s', async (_name, words, message) => {
    const world = await makeWorld(fast, unlimited);
    await world.write('rows.csv', manifestOf(world, names(1)));
    await world.write('bad.csv', 'source,naem\na,b\n');
    const ran = await world.sluice('batch', ...words);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
    expect(await readFile(join(world.folder, 'rows.csv'), 'utf8')).toBe(manifestOf(world, names(1)));
    expect(await readFile(join(world.folder, 'bad.csv'), 'utf8')).toBe('source,naem\na,b\n');
    expect(world.emulator.importly.counts().starts).toBe(0);
  });

  it('a store that is damaged', async () => {
    const world = await makeWorld(fast, unlimited);
    await world.write('rows.csv', manifestOf(world, names(3)));
    await writeFile(join(world.folder, 'jobs.db'), 'this is no database, '.repeat(100));
    const ran = await world.sluice('batch', 'rows.csv', '--result', 'result.csv');
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/jobs\.db: this file is damaged or no SQLite database; put a backup in its place/);
    expect(world.emulator.importly.counts().starts).toBe(0);
  });

  it('a folder that cannot be written', async () => {
    const world = await makeWorld(fast, unlimited);
    await world.write('rows.csv', manifestOf(world, names(1)));
    const ran = await world.sluice(
      'batch',
      'rows.csv',
      '--result',
      join(await closedFolder(world.folder), 'result.csv'),
    );
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/cannot be written; make it and its folder writable/);
  });
});

/** Modes do not keep root from writing; the kernel's own folder does. */
async function closedFolder(folder: string): Promise<string> {
  if (process.getuid?.() === 0) return '/sys';
  const closed = join(folder, 'closed');
  await mkdir(closed);
  await chmod(closed, 0o500);
  return closed;
}

describe('a full disk', () => {
  it('ends a batch with words, loses nothing, and is gone on from', { timeout: 90_000 }, async () => {
    const world = await makeWorld(fast, { limits: { ...unlimited.limits, jobs: 8 } });
    await world.write('rows.csv', manifestOf(world, names(400)));
    // Blocks of 512 bytes: no file may grow beyond 200 kB, which the store's does first.
    const ran = await world.shell('ulimit -f 400; exec sluice batch rows.csv --result result.csv');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/is it full|disk is full/);
    expect(ran.stderr).toMatch(/Go on with the same command/);
    const again = await world.sluice('batch', 'rows.csv', '--result', 'result.csv');
    const result = await resultOf(world);
    // A start whose answer found no room is one that nobody knows of: never sent again, and said.
    const unknown = result.filter(({ error_code }) => error_code === 'unknown').length;
    expect(again.code).toBe(unknown > 0 ? 1 : 0);
    expect(new Set(result.map(({ key }) => key)).size).toBe(400);
    expect(result).toHaveLength(400);
    expect(result.filter(({ state }) => state === 'completed')).toHaveLength(400 - unknown);
    expect(unknown).toBeLessThanOrEqual(8);
    expect(world.emulator.importly.counts().starts).toBeLessThanOrEqual(400);
  });
});
