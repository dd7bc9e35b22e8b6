import { appendFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { integration, SluiceError } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { describe, expect, test } from 'vitest';
import { ended, fates, into, key, makeBucketWorld, place } from './connected-bucket/world.js';

const unavailable = () => new SluiceError({ code: 'unavailable', message: 'the connection broke' });
const mebibyte = 1024 * 1024;

describe('what is left in the bucket', () => {
  test('of a job that is canceled in the middle: what it found there, what it replaced, and nothing else', async () => {
    const { emulator, write, connect, put, beginUpload, standing } = await makeBucketWorld();
    const films = [
      await write('zero.mp4'),
      await write('one.mp4'),
      await write('old.mp4'),
      await write('two.mp4', 40 * mebibyte),
    ];
    await put('old.mp4', 'what it replaces');
    await put('others.mp4', 'of somebody else');
    await beginUpload('two.mp4');
    const sluice = connect({
      bucket: (own) => ({
        ...own,
        // Nothing is signed beyond the first part, and so the upload is still under way.
        sign: (_session, _numbers, { signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        begin: async (object, context) => {
          const begun = await own.begin(object, context);
          return { ...begun, first: begun.first.slice(0, 1) };
        },
      }),
    });
    const job = await sluice.import(into(films, { ifExists: 'replace' }));
    const twice = [key('two.mp4'), key('two.mp4')];
    while ((await standing()).uploads.join() !== twice.join()) await delay(20);
    await put('one.mp4', 'of somebody else by now');
    await job.cancel();
    expect(job.snapshot).toMatchObject({
      state: 'canceled',
      warnings: [{ code: 'put-left', message: expect.stringMatching(/^old\.mp4 of this job stay in s3:.*incoming/) }],
    });
    const objects = ['old.mp4', 'one.mp4', 'others.mp4'].map(key);
    // The upload that somebody else began goes on.
    expect(await standing()).toEqual({ objects, uploads: [key('two.mp4')] });
    expect(emulator.twelvelabs.counts().import).toBe(0);
  });

  test('of a job whose import is refused: nothing; what cannot be taken away is named', async () => {
    const { write, connect, standing, put } = await makeBucketWorld({ twelvelabs: { withdrawn: 410 } });
    await put('others.mp4', 'of somebody else');
    const films = [await write('one.mp4'), await write('two.mp4')];
    expect((await ended(await connect().import(into(films)))).error).toMatchObject({ code: 'unsupported' });
    expect((await standing()).objects).toEqual([key('others.mp4')]);
    const keeping = connect({ bucket: (own) => ({ ...own, remove: () => Promise.reject(new Error('no right')) }) });
    const { warnings } = await ended(await keeping.import(into(films)));
    expect(warnings).toEqual([
      { code: 'put-left', message: expect.stringMatching(/^one\.mp4, two\.mp4 of this job stay in .*\(no right\)/) },
    ]);
  });

  test('of a job that TwelveLabs failed: its files; another attempt does not send them again', async () => {
    const { connect, standing, puts, folder, emulator } = await makeBucketWorld();
    await appendFile(`${folder}/bad.mp4`, 'no media');
    const sluice = connect();
    const request = {
      source: integration(place.id, { files: [fromFile(`${folder}/bad.mp4`)] }),
      ifExists: 'fail',
    } as const;
    const job = await sluice.import(request);
    expect((await ended(job)).state).toBe('failed');
    expect((await standing()).objects).toEqual([key('bad.mp4')]);
    expect((await ended(await sluice.retry(job.id))).state).toBe('failed');
    expect(puts).toHaveLength(1);
    expect(emulator.twelvelabs.counts().importsStarted).toBe(2);
    expect((await standing()).objects).toEqual([key('bad.mp4')]);
  });
});

describe('an answer of the bucket that is lost', () => {
  test('to "begin": what it left is ended, and the upload of somebody else is not', async () => {
    const { write, connect, beginUpload, standing } = await makeBucketWorld();
    const film = await write('film.mp4');
    await beginUpload('film.mp4');
    let lost = 0;
    const sluice = connect({
      bucket: (own) => ({
        ...own,
        begin: async (object, context) => {
          const begun = await own.begin(object, context);
          lost += 1;
          if (lost === 1) throw unavailable();
          return begun;
        },
      }),
    });
    expect(fates((await ended(await sluice.import(into([film])))).items)).toEqual([['film.mp4', 'created']]);
    expect(lost).toBe(2);
    expect(await standing()).toEqual({ objects: [key('film.mp4')], uploads: [key('film.mp4')] });
  });

  test('to "put together": it is asked whether the object is there, and nothing is sent again', async () => {
    const { write, connect, puts, put, imported } = await makeBucketWorld();
    const film = await write('film.mp4');
    // Of the same size: only the mark tells them apart.
    await put('film.mp4', new Uint8Array(film.size));
    let lost = 0;
    const sluice = connect({
      bucket: (own) => ({
        ...own,
        complete: async (...call) => {
          lost += 1;
          if (lost > 1) await own.complete(...call);
          if (lost < 3) throw unavailable();
        },
      }),
    });
    const { items } = await ended(await sluice.import(into([film], { ifExists: 'replace' })));
    expect(fates(items)).toEqual([['film.mp4', 'replaced']]);
    expect([lost, puts.length]).toEqual([2, 1]);
    expect(imported()).toEqual({ 'film.mp4': film.sha256 });
  });

  test('a bucket that has another size than was sent is no success, and what it has is taken away', async () => {
    const { write, connect, standing } = await makeBucketWorld();
    const film = await write('film.mp4');
    const sluice = connect({
      bucket: (own) => ({
        ...own,
        look: async (object, context) => {
          const there = await own.look(object, context);
          return there === undefined ? undefined : { ...there, size: there.size - 1 };
        },
      }),
    });
    const { state, items } = await ended(await sluice.import(into([film])));
    expect([state, fates(items)]).toEqual(['failed', [['film.mp4', 'integrity']]]);
    expect(await standing()).toEqual({ objects: [], uploads: [] });
  });
});
