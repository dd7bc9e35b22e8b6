import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jobOf, makeWorld, type World } from './support.js';

/** A world with a staging bucket, its settings changed. */
async function makeStagingWorld(changes: Record<string, string> = {}): Promise<World> {
  const world = await makeWorld();
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = world.emulator.s3;
  const staging = { adapter: '@sluice/s3', endpoint, region, bucket, accessKeyId, secretAccessKey, ...changes };
  await world.write('sluice.config.json', { ...world.configuration(), staging });
  await world.write('clip.mp4', await (await fetch(world.source)).text());
  return world;
}

/** Files of the store that show what presigned URLs are made of. */
async function leaks({ folder }: World): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('jobs.db'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
  return names.filter((_, index) => /X-Amz-/i.test(texts[index] ?? ''));
}

describe('sluice plan', () => {
  test('names the route, why, and what passes through this machine', async () => {
    const { sluice } = await makeStagingWorld();
    const { stdout } = await sluice('plan', 'clip.mp4');
    expect(stdout).toMatch(/route +stage: importly fetches the bytes from the staging bucket/);
    expect(stdout).toMatch(/traffic +\d+ kB out/);
  });

  test('says what is missing before a byte moves', async () => {
    const world = await makeWorld();
    await world.write('clip.mp4', 'x');
    const { code, stdout } = await world.sluice('plan', 'clip.mp4');
    expect(code).toBe(1);
    expect(stdout).toContain('no staging bucket is configured; name one under "staging"');
    expect(await world.sluice('import', 'clip.mp4', '--json')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('sluice doctor', () => {
  test('tries the staging bucket', async () => {
    const { sluice } = await makeStagingWorld();
    const { code, stdout } = await sluice('doctor');
    expect(stdout).toMatch(/ok +staging +s3:\/\/.*takes, hands out, lists and removes objects/);
    expect(code).toBe(0);
  });

  test.each([
    [{ accessKeyId: 'WRONG' }, /verify the credentials/],
    [{ secretAccessKey: 'wrong' }, /verify the credentials/],
    [{ bucket: 'nobodys' }, /its name must be exact/],
    [{ endpoint: 'http://127.0.0.1:1' }, /verify the endpoint URL/],
  ])('says what to mend, in the words of the page: %o', async (changes, words) => {
    const { sluice } = await makeStagingWorld(changes);
    const { code, stdout } = await sluice('doctor');
    expect(stdout).toMatch(/fail +staging/);
    expect(stdout).toMatch(words);
    expect(code).toBe(1);
  });
});

describe('a presigned URL', () => {
  test.each([['completed'], ['failed']])(
    'is in no output and not in the store, whether the job is %s',
    async (state) => {
      const world = await makeStagingWorld();
      if (state === 'failed') world.emulator.faults.add({ on: 'download', kind: 'cut-body' });
      const ran = await world.sluice('import', 'clip.mp4', '--json');
      expect(jobOf(ran).state).toBe(state);
      expect(ran.stdout + ran.stderr).not.toMatch(/X-Amz-/i);
      expect(await leaks(world)).toEqual([]);
    },
  );
});
