import { fileURLToPath } from 'node:url';
import { createSluice, type ImportRequest, type MediaInfo } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { afterEach, describe, expect, test } from 'vitest';
import { type FireworkSettings, firework } from '../src/index.js';
import { channelId, credentials, fileOf, membersOf, requestOf, url } from './play.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function problemsOf(request: Partial<ImportRequest>, settings: Partial<FireworkSettings> = {}) {
  const sluice = createSluice({ providers: { shop: firework({ ...credentials, channelId, ...settings }) } });
  closers.push(() => sluice.close());
  const { problems } = await sluice.plan({ source: url, ...request });
  return problems.map(({ severity, field, message }) => `${severity} ${field}: ${message}`);
}

describe('a URL that Firework would refuse is refused before', () => {
  test.each([
    ['a host without a dot', 'http://localhost/clip.mp4', /source\.url: .*dot/],
    ['a numbered host without a dot', 'http://[::1]/clip.mp4', /source\.url: .*dot/],
    ['no path', 'https://example.com', /source\.url: .*path/],
    ['a path that is only a slash', 'https://example.com/?id=7', /source\.url: .*path/],
  ])('%s', async (_what, source, line) => {
    expect(await problemsOf({ source })).toEqual([expect.stringMatching(line)]);
  });

  test('one that is larger than Firework takes, where that is known', async () => {
    expect(await problemsOf({ expect: { size: 5_000_000_000 } })).toEqual([]);
    expect(await problemsOf({ expect: { size: 5_000_000_001 } })).toEqual([
      expect.stringMatching(/^error expect\.size/),
    ]);
  });

  test.each(['ftp://example.com/clip.mp4', 's3://bucket.example/clip.mp4'])(
    'one of another scheme: %s',
    async (source) => {
      expect(await problemsOf({ source })).toEqual([
        expect.stringMatching(/^error source: firework takes http and https/),
      ]);
    },
  );

  test('and what only its answer can tell is left to Firework', async () => {
    expect(await problemsOf({ source: 'http://127.0.0.1/download?id=7' })).toEqual([]);
  });
});

describe('a file is told by its extension', () => {
  const bytes = (name?: string): ImportRequest['source'] => ({
    kind: 'bytes',
    size: 30_000,
    ...(name !== undefined && { name }),
  });

  test.each<[string, Partial<ImportRequest>]>([
    ['.mp4', { source: fileOf('/videos/clip.mp4', 30_000) }],
    ['.MOV', { source: fileOf('/videos/v1.2.MOV', 30_000) }],
    ['a stream with a name of its own', { source: bytes('clip.mov') }],
    ['a stream that the request names', { source: bytes(), name: 'folder/clip.mp4' }],
    [
      'a file without an extension that the request names',
      { source: fileOf('/tmp/upload-77', 30_000), name: 'clip.mp4' },
    ],
  ])('%s', async (_what, request) => {
    expect(await problemsOf(request)).toEqual([]);
  });

  test.each<[string, Partial<ImportRequest>]>([
    ['.avi', { source: fileOf('/videos/clip.avi', 30_000) }],
    ['.mp4.part', { source: fileOf('/videos/clip.mp4.part', 30_000) }],
    ['.webm, whatever the request calls it', { source: fileOf('/videos/clip.webm', 30_000), name: 'clip.mp4' }],
    ['none', { source: fileOf('/videos/clip', 30_000) }],
    ['a stream without a name', { source: bytes() }],
  ])('%s is refused, with the rule', async (_what, request) => {
    expect(await problemsOf(request)).toEqual([
      expect.stringMatching(/^error source\.name: must end in \.mp4 or \.mov/),
    ]);
  });
});

test('a channel is needed, from the request or from the settings', async () => {
  const line = /^error options\.firework\.channel_id: is missing: .*channelId in the settings/;
  expect(await problemsOf({}, { channelId: undefined })).toEqual([expect.stringMatching(line)]);
  expect(await problemsOf({ options: { firework: { channel_id: 'Y7Yre7X' } } }, { channelId: undefined })).toEqual([]);
});

test('a caption is needed, and each tag is a hashtag', async () => {
  expect(await problemsOf({ name: ' ' })).toEqual([expect.stringMatching(/^error name: /)]);
  expect(await problemsOf({ metadata: { title: ' ' } })).toEqual([expect.stringMatching(/^error metadata\.title: /)]);
  expect(await problemsOf({ metadata: { tags: ['a', ''] } })).toEqual([
    expect.stringMatching(/^error metadata\.tags: /),
  ]);
  // It is not asked for.
  expect(await problemsOf({ metadata: { title: ' ' }, options: { firework: { caption: 'Clip' } } })).toEqual([]);
});

describe('what the container of a file says', () => {
  const seen = (media: MediaInfo, name = 'clip.mp4') =>
    (membersOf().check?.(requestOf({ source: fileOf(`/videos/${name}`, 30_000), media })) ?? []).map(
      ({ severity, field, message }) => `${severity} ${field}: ${message}`,
    );
  const video = { durationSeconds: 6, width: 480, height: 270, videoCodec: 'avc', mimeType: 'video/mp4' };

  test.each([
    [2.999, [/^error source\.duration: must last from 3 to 3600 seconds: .* this lasts 2\.999$/]],
    [3, []],
    [3_600, []],
    [3_600.001, [/^error source\.duration/]],
  ])('a duration of %d seconds', (durationSeconds, lines) => {
    expect(seen({ ...video, durationSeconds })).toEqual(lines.map((line) => expect.stringMatching(line)));
  });

  test('a duration that it does not say is left to Firework', () => {
    const { durationSeconds: _duration, ...rest } = video;
    expect(seen(rest)).toEqual([]);
  });

  test.each([
    [
      'another container than its name says',
      { ...video, mimeType: 'video/webm' },
      /^error source\.type: .* is video\/webm, whatever/,
    ],
    [
      'no video',
      { durationSeconds: 6, audioCodec: 'aac', mimeType: 'audio/mp4' },
      /^error source\.type: .* holds no video/,
    ],
    [
      'the other of the two',
      { ...video, mimeType: 'video/quicktime' },
      /^warning source\.type: .* video\/quicktime inside/,
    ],
  ])('%s', (_what, media, line) => {
    expect(seen(media)).toEqual([expect.stringMatching(line)]);
  });

  test('is read of a real file before anything is sent', async () => {
    const path = fileURLToPath(new URL('../../emulator/media/sample.mp4', import.meta.url));
    const bounds = { minSeconds: 7 };
    expect(await problemsOf({ source: fromFile(path) })).toEqual([]);
    expect(await problemsOf({ source: fromFile(path) }, { bounds })).toEqual([
      expect.stringMatching(/^error source\.duration: must last from 7 to 3600 seconds: .* this lasts 6$/),
    ]);
  });
});
