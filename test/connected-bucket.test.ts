import { appendFile, rm } from 'node:fs/promises';
import { type ImportItem, integration, SluiceError } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { describe, expect, test } from 'vitest';
import { ended, fates, into, key, makeBucketWorld, place } from './connected-bucket/world.js';

const unavailable = () => new SluiceError({ code: 'unavailable', message: 'the connection broke' });
const mebibyte = 1024 * 1024;

describe('files into a connected bucket', () => {
  test('are one job with an outcome for each, and stay there with every byte', async () => {
    const { emulator, write, connect, standing, imported } = await makeBucketWorld();
    const [one, two] = [await write('one.mp4'), await write('two.mp4', 20 * mebibyte)];
    const sluice = connect();
    const files = [fromFile(one.path), { source: fromFile(two.path), name: 'clips/two.mp4' }];
    const far = { source: `${emulator.media.url}/sample.mp4`, name: 'far.mp4' };
    const request = { source: integration(place.id, { files: [...files, far] }) };
    const { route, traffic, problems } = await sluice.plan(request);
    expect(problems).toEqual([]);
    expect(route).toMatchObject({
      kind: 'put',
      why: expect.stringMatching(/twelvelabs imports from s3:\/\/.*\/videos\/incoming\/: .*stay there/),
    });
    const sent = await (await fetch(far.source)).arrayBuffer();
    expect(traffic).toEqual({ in: sent.byteLength, out: sent.byteLength + one.size + two.size });

    const { state, items, warnings } = await ended(await sluice.import(request));
    expect({ state, warnings }).toEqual({ state: 'completed', warnings: [] });
    expect(fates(items)).toEqual([
      ['one.mp4', 'created'],
      ['clips/two.mp4', 'created'],
      ['far.mp4', 'created'],
    ]);
    expect(items[1]).toMatchObject({
      checks: { size: { outcome: 'match', actual: two.size }, sha256: { actual: two.sha256 } },
    });
    expect(imported()).toMatchObject({ 'one.mp4': one.sha256, 'clips/two.mp4': two.sha256 });
    const objects = ['clips/two.mp4', 'far.mp4', 'one.mp4'].map(key);
    expect(await standing()).toEqual({ objects, uploads: [] });
  });

  test('come to what TwelveLabs says of each; other files of the bucket are none of the job, and counted', async () => {
    const { write, connect, put, folder } = await makeBucketWorld();
    const good = await write('good.mp4');
    await put('others.mp4', (await write('others.mp4')).content);
    await put('broken.mp4', 'no media');
    const bad = { ...good, name: 'bad.mp4', path: `${folder}/bad.mp4` };
    await appendFile(bad.path, 'no media either');
    const job = await connect().import(into([bad, good]));
    const { state, items, warnings } = await ended(job);
    expect(state).toBe('completed');
    expect(fates(items)).toEqual([
      ['bad.mp4', 'source-unreachable'],
      ['good.mp4', 'created'],
    ]);
    expect(items[0]).toMatchObject({ error: { message: expect.stringContaining('not a readable video') } });
    expect(warnings).toEqual([{ code: 'others-imported', message: expect.stringMatching(/^2 other files/) }]);
    expect(() => job.assertAll()).toThrow('1 of 2 items failed');
  });

  test('that are there already as they are are not sent again, and are found in the index', async () => {
    const { write, connect, puts } = await makeBucketWorld();
    const films = [await write('one.mp4'), await write('two.mp4')];
    const first = await ended(await connect().import(into(films)));
    expect(puts).toHaveLength(2);
    const again = await ended(await connect().import(into([...films, await write('new.mp4')])));
    expect(puts).toHaveLength(3);
    expect(fates(again.items)).toEqual([
      ['one.mp4', 'existing'],
      ['two.mp4', 'existing'],
      ['new.mp4', 'created'],
    ]);
    const ids = (items: ImportItem[]) => items.map((item) => item.ok && item.asset.id);
    expect(ids(again.items).slice(0, 2)).toEqual(ids(first.items));
  });

  test('whose import was begun and never answered: it is found, and nothing is put or started twice', async () => {
    const faults = [{ on: 'import', kind: 'lost-answer', times: 1 }] as const;
    const { emulator, write, connect, puts, put } = await makeBucketWorld({ faults });
    const films = [await write('one.mp4'), await write('two.mp4')];
    await put('others.mp4', (await write('others.mp4')).content);
    const { state, items } = await ended(await connect().import(into(films)));
    expect(state).toBe('completed');
    expect(fates(items)).toEqual([
      ['one.mp4', 'created'],
      ['two.mp4', 'created'],
    ]);
    expect(puts).toHaveLength(2);
    expect(emulator.twelvelabs.counts()).toMatchObject({ import: 1, importsStarted: 1 });
  });
});

describe('a file of several', () => {
  test('that vanished is its own outcome; the others are imported', async () => {
    const { write, connect, standing } = await makeBucketWorld();
    const [one, gone] = [await write('one.mp4'), await write('gone.mp4')];
    const request = into([gone, one]);
    await rm(gone.path);
    const { state, items } = await ended(await connect().import(request));
    expect(state).toBe('completed');
    expect(fates(items)).toEqual([
      ['gone.mp4', 'source-unreachable'],
      ['one.mp4', 'created'],
    ]);
    expect(await standing()).toEqual({ objects: [key('one.mp4')], uploads: [] });
  });

  test.each([
    ['before its turn', 'integrity', false],
    ['while it is sent', 'integrity', true],
  ])('that changed %s is its own outcome, and nothing of it is left', async (_when, code, during) => {
    const { write, connect, standing, imported } = await makeBucketWorld();
    const [one, changed] = [await write('one.mp4'), await write('changed.mp4')];
    const request = into([one, changed]);
    if (!during) await appendFile(changed.path, 'more');
    const sluice = connect({
      bucket: (own) => ({
        ...own,
        begin: async (object, context) => {
          if (during && object.name === 'changed.mp4') await appendFile(changed.path, 'more');
          return own.begin(object, context);
        },
      }),
    });
    const { state, items } = await ended(await sluice.import(request));
    expect(state).toBe('completed');
    expect(fates(items)).toEqual([
      ['one.mp4', 'created'],
      ['changed.mp4', code],
    ]);
    expect(await standing()).toEqual({ objects: [key('one.mp4')], uploads: [] });
    expect(Object.keys(imported())).toEqual(['one.mp4']);
  });

  test('whose URL holds secrets shows none of them, also when it cannot be read', async () => {
    const { emulator, connect } = await makeBucketWorld();
    const url = new URL(`${emulator.media.url}/nothing-here.mp4?token=secret-token`);
    Object.assign(url, { username: 'somebody', password: 'secret-password' });
    const log: string[] = [];
    const sluice = connect({ options: { log: (entry) => void log.push(JSON.stringify(entry)) } });
    const job = await sluice.import({ source: integration(place.id, { files: [url] }) });
    const { items, error } = await ended(job);
    expect(items).toMatchObject([{ ok: false, ref: 'nothing-here.mp4' }]);
    expect(JSON.stringify([job.snapshot, error, log])).not.toMatch(/secret-(token|password)/);
  });

  test('where none is left to import: the job fails, and no import is started', async () => {
    const { emulator, write, connect } = await makeBucketWorld();
    const films = [await write('one.mp4'), await write('two.mp4')];
    const request = into(films);
    for (const { path } of films) await rm(path);
    const { state, items, error } = await ended(await connect().import(request));
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'source-unreachable' });
    expect(error?.message).toMatch(
      /none of the 2 files was put into the bucket, and no import was started: .*one\.mp4/,
    );
    expect(fates(items)).toEqual([
      ['one.mp4', 'source-unreachable'],
      ['two.mp4', 'source-unreachable'],
    ]);
    expect(emulator.twelvelabs.counts()).toMatchObject({ import: 0, 'import-logs': 0 });
  });
});

describe('a bucket that does not answer', () => {
  test('is given up at the deadline, and nothing was started', async () => {
    const { emulator, write, connect } = await makeBucketWorld();
    const sluice = connect({ bucket: (own) => ({ ...own, look: () => Promise.reject(unavailable()) }) });
    const { state, error } = await ended(await sluice.import(into([await write('one.mp4')], { deadlineMs: 400 })));
    expect({ state, error }).toMatchObject({ state: 'failed', error: { code: 'unavailable', retry: 'exhausted' } });
    expect(emulator.twelvelabs.counts().import).toBe(0);
  });
});

describe('a name that is taken in the bucket', () => {
  test.each([
    [undefined, 'conflict', 0],
    ['fail', 'conflict', 0],
    ['skip', 'existing', 0],
    ['replace', 'replaced', 1],
  ] as const)('with ifExists %s: %s', async (ifExists, fate, sent) => {
    const { write, connect, put, puts, imported } = await makeBucketWorld();
    const [film, other] = [await write('film.mp4'), await write('other.mp4')];
    await put('film.mp4', other.content);
    const { items } = await ended(await connect().import(into([film], ifExists && { ifExists })));
    expect(fates(items)).toEqual([['film.mp4', fate]]);
    expect(puts).toHaveLength(sent);
    const theirs = { existing: other.sha256, replaced: film.sha256, conflict: undefined };
    expect(imported()['film.mp4']).toBe(theirs[fate]);
    if (fate === 'conflict')
      expect(items[0]).toMatchObject({
        error: { message: expect.stringMatching(/incoming\/film\.mp4 is another file there; nothing was sent/) },
      });
  });
});

describe('before any byte moves', () => {
  test('a bucket that is not configured is refused, with the place where it is', async () => {
    const { write, connect, emulator } = await makeBucketWorld();
    const request = into([await write('one.mp4')]);
    const sluice = connect({ without: true });
    await expect(sluice.import(request)).rejects.toMatchObject({
      code: 'unsupported',
      message:
        'source: no bucket is configured for the integration integration-1; name the one that it imports from under "providers.search.buckets.integration-1"',
    });
    expect(emulator.twelvelabs.requests()).toEqual([]);
  });

  test.each([[{ secretAccessKey: 'wrong-secret-of-somebody' }], [{ accessKeyId: 'SOMEBODYELSE' }]])(
    'keys that the bucket does not take end the job, and are not shown: %o',
    async (keys) => {
      const { write, connect, emulator, puts } = await makeBucketWorld();
      const log: string[] = [];
      const options = { log: (entry: object) => void log.push(JSON.stringify(entry)) };
      const { state, error, items } = await ended(
        await connect({ keys, options }).import(into([await write('one.mp4')])),
      );
      expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'auth' });
      expect(fates(items)).toEqual([['one.mp4', 'auth']]);
      expect(puts).toEqual([]);
      expect(emulator.twelvelabs.counts().import).toBe(0);
      expect(JSON.stringify([error, items, log])).not.toMatch(/wrong-secret|SOMEBODYELSE|X-Amz-/);
    },
  );

  test('what is said of one source cannot be said of several', async () => {
    const { write, connect } = await makeBucketWorld();
    const one = await write('one.mp4');
    const expected = connect().import(into([one], { expect: { size: 5 } }));
    await expect(expected).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/^expect: /),
    });
    expect(() => into([one, { ...one, path: one.path }])).toThrow('two files would be "one.mp4" in the bucket');
  });

  test('a file that is too large for TwelveLabs is refused', async () => {
    const { connect } = await makeBucketWorld();
    const source = { kind: 'file', path: '/films/long.mp4', size: 3_000_000_000, modifiedAt: 0 } as const;
    const refused = connect().import({ source: integration(place.id, { files: [source] }) });
    await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(/long\.mp4 has 3000000000 bytes/) });
  });
});
