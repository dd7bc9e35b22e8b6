import { describe, expect, test } from 'vitest';
import type { ImportlyOptions } from '../src/index.js';
import { nested, s3Storage, taken } from './importly-subject.js';
import { clientOf, play } from './play.js';

const completed = { looks: [taken({ ...nested, result: { ...nested.result, s3Storage } })] };

async function placeFor(name: string, options: ImportlyOptions) {
  const { sent, snapshot } = await play(completed, { name, options: { importly: options } });
  const body = sent.starts[0]?.json;
  const {
    url: _url,
    store: _store,
    ...place
  } = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  return { place, warnings: snapshot.warnings };
}

describe('with store, the name becomes folder and filename', () => {
  test.each([
    ['clip', { storageFilename: 'clip' }],
    ['clip.mp4', { storageFilename: 'clip' }],
    ['videos/2024/clip.mov', { storagePath: 'videos/2024', storageFilename: 'clip' }],
    ['videos/v1.2', { storagePath: 'videos', storageFilename: 'v1.2' }],
  ])('%s', async (name, place) => {
    expect(await placeFor(name, { store: true })).toEqual({ place, warnings: [] });
  });

  test.each<[string, ImportlyOptions, object]>([
    ['the filename', { store: true, storageFilename: 'other' }, { storagePath: 'videos', storageFilename: 'other' }],
    ['the path', { store: true, storagePath: 'archive' }, { storagePath: 'archive', storageFilename: 'clip' }],
    [
      'both',
      { store: true, storagePath: 'archive', storageFilename: 'other' },
      { storagePath: 'archive', storageFilename: 'other' },
    ],
  ])('%s of the options wins over it', async (_what, options, place) => {
    expect(await placeFor('videos/clip.mp4', options)).toEqual({ place, warnings: [] });
  });

  test('a source without a given name leaves both to Importly: its default is the title', async () => {
    const { sent } = await play(completed, { options: { importly: { store: true } } });
    expect(sent.starts[0]?.json).toEqual({ url: 'https://example.com/video.mp4', store: true });
  });

  test.each([
    ['/videos/clip', 'name: must not begin or end with a slash, such as videos/2024/clip'],
    ['videos/../clip', 'name: must not hold the segments "." or ".."'],
    ['videos/.mp4', 'name: must hold more than an extension'],
  ])('%s is refused before anything is sent', async (name, message) => {
    const { sluice, sent } = clientOf({});
    const importing = sluice.import({
      source: 'https://example.com/video.mp4',
      name,
      options: { importly: { store: true } },
    });
    await expect(importing).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(message),
    });
    expect(sent.starts).toEqual([]);
    await sluice.close();
  });
});

test('without store a name has no effect, and the job says so', async () => {
  const { place, warnings } = await placeFor('videos/clip.mp4', {});
  expect(place).toEqual({});
  expect(warnings).toEqual([
    { code: 'ignored', message: expect.stringMatching(/^name: has no effect: .*options\.importly\.store: true/) },
  ]);
});

test('title, description, tags, priority and ifExists have no counterpart, and the job says so', async () => {
  const { snapshot, sent } = await play(completed, {
    metadata: { title: 't', description: 'd', tags: ['a'], more: 1 },
    priority: 1,
    ifExists: 'skip',
  });
  expect(sent.starts[0]?.json).toEqual({ url: 'https://example.com/video.mp4' });
  const fields = snapshot.warnings.map(({ message }) => message.split(':')[0]);
  expect(fields).toEqual([
    'metadata.title',
    'metadata.description',
    'metadata.tags',
    'priority',
    'ifExists',
    'metadata.more',
  ]);
});
