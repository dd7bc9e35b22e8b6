import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { makeWorld, type World } from '../command/support.js';

const resultSchema = z.array(z.record(z.string(), z.string()));

async function makeFolder(): Promise<World> {
  const world = await makeWorld();
  const { clientId, clientSecret, channelId, baseUrl } = world.emulator.firework;
  const shop = { adapter: '@sluice/firework', clientId, clientSecret, channelId, baseUrl, pollIntervalMs: 50 };
  await world.write('sluice.config.json', {
    providers: { shop },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
    network: { allowPrivateAddresses: true },
  });
  const film = Buffer.from(await (await fetch(world.source)).arrayBuffer());
  for (const name of ['b.mp4', 'deep/a.mp4', '.hidden.mp4', 'c.mp4.part', 'notes.txt', '.git/d.mp4']) {
    await mkdir(dirname(join(world.folder, 'films', name)), { recursive: true });
    await writeFile(join(world.folder, 'films', name), film);
  }
  return world;
}

const words = ['push', 'films', '--include', '**/*.mp4', '--result', 'result.csv'];

describe('sluice push', () => {
  it('imports every file that is no hidden or temporary one, once, and again when it has changed', {
    timeout: 60_000,
  }, async () => {
    const world = await makeFolder();
    const sums = async () => {
      const ran = await world.sluice(...words, '--json');
      const { rows } = z
        .looseObject({ rows: z.looseObject({}) })
        .parse(JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? ''));
      return { code: ran.code, rows };
    };
    expect(await sums()).toMatchObject({ code: 0, rows: { total: 2, completed: 2 } });
    expect(await sums()).toMatchObject({ code: 0, rows: { completed: 0, skipped: 2 } });
    const changed = join(world.folder, 'films', 'b.mp4');
    await utimes(changed, new Date(), new Date(Date.now() + 5_000));
    expect(await sums()).toMatchObject({ code: 0, rows: { completed: 1, skipped: 1 } });
    const result = resultSchema.parse(
      parse(await readFile(join(world.folder, 'result.csv'), 'utf8'), { columns: true }),
    );
    expect(result.map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual([
      'b.mp4 completed',
      'deep/a.mp4 completed',
    ]);
  });

  it('says with --dry-run what it would do, and does nothing', async () => {
    const world = await makeFolder();
    const ran = await world.sluice(...words, '--dry-run');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toMatch(/^2 rows\nshop: 2 to import\n {2}route +direct 2\n {2}size +\d/);
    expect(world.emulator.firework.counts().create).toBe(0);
  });

  it.each([
    ['a folder that is not there', ['push', 'nowhere'], /FOLDER nowhere: is not there/],
    ['a file', ['push', 'sluice.config.json'], /is no folder; sluice import takes a file/],
    ['an empty folder', ['push', 'films', '--include', '*.mov'], /holds no file to push/],
  ])('refuses %s', async (_name, line, message) => {
    const ran = await (await makeFolder()).sluice(...line);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(message);
  });
});
