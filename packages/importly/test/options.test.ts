import type { ImportRequest } from '@sluice/core';
import { describe, expect, test } from 'vitest';
import type { ImportlyOptions } from '../src/index.js';
import { nested, taken } from './importly-subject.js';
import { clientOf, play } from './play.js';

const completed = { looks: [taken(nested)] };

async function refusal(options: unknown): Promise<string> {
  const { sluice, sent } = clientOf({});
  // Outside data: what a configuration file or a command line may hold.
  const request: ImportRequest = JSON.parse(
    JSON.stringify({ source: 'https://example.com/video.mp4', options: { importly: options } }),
  );
  const error: unknown = await sluice.import(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  await sluice.close();
  expect(sent.starts).toEqual([]);
  expect(error).toMatchObject({ code: 'invalid-request' });
  return error instanceof Error ? error.message : '';
}

test('every option of the two pages is sent under its own name', async () => {
  const options: Required<ImportlyOptions> = {
    includeVideo: true,
    includeAudio: false,
    videoQuality: '2160p',
    audioQuality: 'lowest',
    webhookUrl: 'https://your-app.example/hook?for=me',
    store: true,
    storagePath: 'videos/2024',
    storageFilename: 'my-video',
    storageBucket: 'my-other-bucket',
    storageClass: 'DEEP_ARCHIVE',
    storageReturnLocation: true,
  };
  const { sent } = await play(completed, { options: { importly: options } });
  expect(sent.starts.map(({ json }) => json)).toEqual([{ url: 'https://example.com/video.mp4', ...options }]);
});

test('a request without options sends the URL alone, with the key in its header', async () => {
  const { sent } = await play(completed, { source: 'https://user:pass@example.com/video.mp4?token=t' });
  expect(sent.starts[0]).toMatchObject({
    url: 'https://api.importly.io/import',
    headers: { authorization: 'Bearer importly-key-0123456789', 'content-type': 'application/json' },
    json: { url: 'https://user:pass@example.com/video.mp4?token=t' },
  });
  expect(sent.looks[0]).toMatchObject({ method: 'GET', path: '/import/status', query: { id: 'abc123' } });
});

describe('refuses, with the field and the rule, and sends nothing', () => {
  test.each([
    [
      'an unknown option',
      { videoquality: '720p' },
      /options\.importly\.videoquality: unknown field; known: includeVideo, /,
    ],
    [
      'neither video nor audio',
      { includeVideo: false, includeAudio: false },
      /includeAudio: must not be false together/,
    ],
    ['a quality that is none', { videoQuality: '4k' }, /videoQuality: .*"2160p"/],
    ['a sound that is none', { audioQuality: '320k' }, /audioQuality: .*"best"/],
    ['a number as text', { includeVideo: 'yes' }, /includeVideo: .*boolean/],
    ['a webhook that is no URL', { webhookUrl: 'your-app/hook' }, /webhookUrl: must be an absolute http or https URL/],
    [
      'a webhook of another scheme',
      { webhookUrl: 'ftp://your-app.example/hook' },
      /webhookUrl: must be an absolute http or/,
    ],
    ['a path without store', { storagePath: 'videos' }, /storagePath: has no effect without store: true/],
    [
      'a filename without store',
      { store: false, storageFilename: 'a' },
      /storageFilename: has no effect without store/,
    ],
    ['a bucket without store', { storageBucket: 'b' }, /storageBucket: has no effect without store/],
    ['a class without store', { storageClass: 'GLACIER' }, /storageClass: has no effect without store/],
    ['a location without store', { storageReturnLocation: true }, /storageReturnLocation: has no effect without store/],
    ['a storage class that is none', { store: true, storageClass: 'COLD' }, /storageClass: .*"STANDARD_IA"/],
    ['an empty bucket', { store: true, storageBucket: '' }, /storageBucket: must not be empty/],
    [
      'a path that begins with a slash',
      { store: true, storagePath: '/videos' },
      /storagePath: must not begin or end with a slash/,
    ],
    [
      'a path that ends with a slash',
      { store: true, storagePath: 'videos/' },
      /storagePath: must not begin or end with a slash/,
    ],
    [
      'a path that leads up',
      { store: true, storagePath: 'videos/../other' },
      /storagePath: must not hold the segments/,
    ],
    [
      'a path with an empty segment',
      { store: true, storagePath: 'videos//2024' },
      /storagePath: must not hold an empty segment/,
    ],
    ['an empty path', { store: true, storagePath: '' }, /storagePath: must not be empty/],
    [
      'a filename with an extension',
      { store: true, storageFilename: 'clip.MP4' },
      /storageFilename: must not end in "\.MP4"/,
    ],
    ['a filename with a folder', { store: true, storageFilename: 'a/b' }, /storageFilename: must not hold a slash/],
    ['a filename that is a folder', { store: true, storageFilename: '..' }, /storageFilename: must be a name/],
    ['an empty filename', { store: true, storageFilename: '' }, /storageFilename: must not be empty/],
  ])('%s', async (_what, options, rule) => {
    expect(await refusal(options)).toMatch(rule);
  });
});

test.each(['v1.2', 'Mr. Robot', 'talk.by.ann', 'clip.final', 'archive.2024', 'no dot'])(
  'the filename "%s" has no extension',
  async (storageFilename) => {
    const { sent } = await play(completed, { options: { importly: { store: true, storageFilename } } });
    expect(sent.starts[0]?.json).toMatchObject({ storageFilename });
  },
);

test.each(['clip.mp4', 'clip.v2.webm', 'song.mp3', '.mov', 'Picture.JPG'])(
  'the filename "%s" has one',
  async (storageFilename) => {
    expect(await refusal({ store: true, storageFilename })).toMatch('Importly appends the extension itself');
  },
);
