import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jobOf, makeWorld, type World } from './support.js';

const id = 'integration-1';
const bucket = { bucket: 'videos', prefix: 'incoming/' };
const into = ['--provider', 'search', '--into', `integration:${id}`];

/** A world with TwelveLabs, its connected bucket, and a folder of two films; without the bucket's keys where that is wanted. */
async function makeConnectedWorld({ without = false } = {}): Promise<World> {
  const world = await makeWorld({ twelvelabs: { integrations: [{ id, ...bucket }] } });
  const { providers, s3, media } = world.emulator;
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const own = { adapter: '@sluice/s3', endpoint, region, accessKeyId, secretAccessKey, ...bucket };
  const search = { ...providers.twelvelabs, pollIntervalMs: 20, ...(!without && { buckets: { [id]: own } }) };
  await world.write('sluice.config.json', { ...world.configuration(), providers: { search } });
  for (const [index, name] of ['films/one.mp4', 'films/more/two.mp4'].entries()) {
    await world.write(name, '');
    const answer = await fetch(`${media.url}/padded/${100_000 + index}/film.mp4`);
    await writeFile(join(world.folder, name), new Uint8Array(await answer.arrayBuffer()));
  }
  return world;
}

/** Each item's name and what became of it. */
function fates({ items }: ReturnType<typeof jobOf>): [string, string | undefined][] {
  return items.map((item) => [item.ref, item.ok ? item.outcome : item.error.code]);
}

describe('--into integration:ID', () => {
  test('makes one job of several sources, with an item for each', async () => {
    const { sluice, emulator } = await makeConnectedWorld();
    const ran = await sluice('import', 'films/one.mp4', 'films/more/two.mp4', ...into, '--key', 'night', '--json');
    expect(fates(jobOf(ran))).toEqual([
      ['one.mp4', 'created'],
      ['two.mp4', 'created'],
    ]);
    expect(ran.code).toBe(0);
    expect(emulator.twelvelabs.counts().import).toBe(1);
    expect(ran.stdout + ran.stderr).not.toMatch(/X-Amz-/i);
    expect(ran.stdout + ran.stderr).not.toContain(emulator.s3.secretAccessKey);
  });

  test('brings a folder under the paths in it; the same command again sends nothing twice', async () => {
    const { sluice, emulator, folder } = await makeConnectedWorld();
    expect(fates(jobOf(await sluice('push', 'films', ...into, '--json')))).toEqual([
      ['more/two.mp4', 'created'],
      ['one.mp4', 'created'],
    ]);
    await writeFile(join(folder, 'films', 'broken.mp4'), 'no media');
    const again = await sluice('push', 'films', ...into, '--json');
    expect(fates(jobOf(again))).toEqual([
      ['broken.mp4', 'source-unreachable'],
      ['more/two.mp4', 'existing'],
      ['one.mp4', 'existing'],
    ]);
    expect(again.code).toBe(1);
    expect(emulator.twelvelabs.counts().import).toBe(2);
  });

  test.each([[['plan', 'films/one.mp4']], [['push', 'films', '--dry-run']]])(
    '%j says the route, the place, and what passes through here',
    async (words) => {
      const { sluice, emulator } = await makeConnectedWorld();
      const { code, stdout } = await sluice(...words, ...into);
      expect(stdout).toMatch(
        /route +put: twelvelabs imports from s3:\/\/.*\/videos\/incoming\/: the files are put there/,
      );
      expect(stdout).toMatch(/traffic +\d+ kB out/);
      expect(code).toBe(0);
      expect(emulator.twelvelabs.requests()).toEqual([]);
    },
  );
});

describe('sluice doctor', () => {
  test('tries the bucket, and says what to mend, but not with which keys', async () => {
    const world = await makeConnectedWorld();
    const well = await world.sluice('doctor');
    expect(well.stdout).toMatch(
      /ok +bucket of search +integration integration-1: s3:\/\/.*\/videos\/incoming\/ takes, lists and removes/,
    );
    const { providers, s3 } = world.emulator;
    const keys = { accessKeyId: s3.accessKeyId, secretAccessKey: 'wrong-secret-of-somebody' };
    const own = { adapter: '@sluice/s3', endpoint: s3.endpoint, region: s3.region, ...keys, ...bucket };
    const search = { ...providers.twelvelabs, buckets: { [id]: own } };
    await world.write('sluice.config.json', { ...world.configuration(), providers: { search } });
    const { code, stdout } = await world.sluice('doctor');
    expect(stdout).toMatch(/fail +bucket of search +integration integration-1: .*verify the credentials/);
    expect([code, stdout.includes('wrong-secret')]).toEqual([1, false]);
  });
});

describe('what makes no sense with --into', () => {
  test.each([
    [['import', '-', ...into], /SOURCE "-": --into takes paths and URLs/],
    [['import', 'integration:other', ...into], /--into takes paths and URLs/],
    [['import', 'films/one.mp4', '--into', 'videos'], /--into videos: write integration:ID/],
    [
      ['import', 'films/one.mp4', ...into, '--expect-size', '5'],
      /--expect-size and --expect-sha256 are about one source/,
    ],
    [['push', 'films', ...into, '--result', 'done.csv'], /--result and --report are about many/],
    [
      ['import', 'films/one.mp4', ...into, '--route', 'direct'],
      /"direct" does not exist for this source .* there may be put/,
    ],
  ])('%j is refused, and no job is made', async (words, message) => {
    const { sluice } = await makeConnectedWorld();
    const { code, stdout, stderr } = await sluice(...words);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('a bucket that is not configured', async () => {
    const { sluice } = await makeConnectedWorld({ without: true });
    for (const words of [
      ['import', 'films/one.mp4'],
      ['push', 'films'],
    ]) {
      const { code, stderr } = await sluice(...words, ...into);
      expect(stderr).toContain(
        `no bucket is configured for the integration ${id}; name the one that it imports from under "providers.search.buckets.${id}"`,
      );
      expect(code).toBe(2);
    }
  });
});
