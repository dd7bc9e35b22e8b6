import type { ImportRequest } from '@sluice/core';
import type { ScriptedAnswer } from '@sluice/core/testing';
import { describe, expect, test } from 'vitest';
import type { FireworkOptions } from '../src/index.js';
import { channelId, clientOf, contextOf, membersOf, play, requestOf, url } from './play.js';
import { accepted, completed, created, running, token, video } from './samples.js';

describe('a URL', () => {
  test('is imported within the call: the video is there at once', async () => {
    const { snapshot, sent } = await play({ creates: [created] });
    expect(snapshot).toMatchObject({
      state: 'completed',
      rawState: 'created',
      items: [{ ok: true, ref: video.id, asset: { id: video.id, title: video.caption } }],
    });
    expect(sent.creates.map(({ json }) => json)).toEqual([{ url, caption: 'demo.mp4', channel_id: channelId }]);
    expect(sent.rest).toEqual([]);
  });

  test('is imported in the background when that is asked for, and looked after', async () => {
    const { snapshot, sent } = await play(
      { rest: [{ json: { ...running, video_id: video.id } }, { json: completed }] },
      { options: { firework: { async: true } } },
    );
    expect(snapshot).toMatchObject({ state: 'completed', rawState: 'completed', items: [{ asset: { id: video.id } }] });
    expect(sent.creates.map(({ json }) => json)).toMatchObject([{ url, async: true }]);
    expect(sent.rest.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(2).fill(`GET /api/v1/videos/imports/${running.id}`),
    );
  });

  test('may take ten minutes within the call, and the setting changes that', async () => {
    const timeoutOf = async (settings = {}, options = {}) => {
      const { context, calls } = contextOf(video);
      await membersOf(settings).start(requestOf({ options }), context);
      return calls[0]?.timeoutMs;
    };
    expect(await timeoutOf()).toBe(600_000);
    expect(await timeoutOf({ createTimeoutMs: 1_200_000 })).toBe(1_200_000);
    expect(await timeoutOf({}, { async: true })).toBeUndefined();
  });
});

test('an upload becomes a video by its key alone', async () => {
  const { context, calls } = contextOf(video);
  const source = { kind: 'uploaded', uploaded: { s3_key: 'uploads/a.mp4' }, size: 99 } as const;
  const started = await membersOf().start(requestOf({ source, name: 'a.mp4' }), context);
  expect(calls).toEqual([
    {
      method: 'POST',
      path: '/api/v1/videos',
      json: { s3_key: 'uploads/a.mp4', caption: 'a.mp4', channel_id: channelId },
      timeoutMs: 600_000,
    },
  ]);
  expect(started).toMatchObject({ ref: { video: video.id }, snapshot: { state: 'completed' } });
});

describe('what a video is called, and the other neutral fields', () => {
  const sentFor = async (request: Partial<ImportRequest>) =>
    (await play({ creates: [created] }, request)).sent.creates[0]?.json;
  const metadata = { title: 'A title', description: 'A description', tags: ['one', 'two'] };

  test.each<[string, Partial<ImportRequest>, string]>([
    [
      'the option, before all',
      { metadata, name: 'a name', options: { firework: { caption: 'An option' } } },
      'An option',
    ],
    ['the title', { metadata, name: 'a name' }, 'A title'],
    ['the name as it was given', { name: 'folder/a name' }, 'folder/a name'],
    ['the file', {}, 'demo.mp4'],
    ['the file, decoded', { source: 'https://example.com/a/b%20c.mov?token=1' }, 'b c.mov'],
    ['the last folder, where there is no file', { source: 'https://example.com/a/b/' }, 'b'],
  ])('%s', async (_what, request, caption) => {
    expect(await sentFor(request)).toMatchObject({ caption });
  });

  test('description and tags are mapped, and options win over them', async () => {
    expect(await sentFor({ metadata })).toMatchObject({ description: 'A description', hashtags: ['one', 'two'] });
    const options = { firework: { description: 'An option', hashtags: [] } };
    expect(await sentFor({ metadata, options })).toMatchObject({ description: 'An option', hashtags: [] });
  });

  test('others are warnings', async () => {
    const { snapshot } = await play({ creates: [created] }, { priority: 3, metadata: { year: 2025 } });
    expect(snapshot.warnings.map(({ message }) => message.split(':')[0])).toEqual(['priority', 'metadata.year']);
  });
});

test('every field goes under its own name, and an unknown one nowhere', async () => {
  const firework: FireworkOptions = {
    channel_id: 'Y7Yre7X',
    caption: 'c',
    description: 'd',
    access: 'private',
    archived_at: '2025-01-29T12:00:00+01:00',
    audio_disabled: true,
    hashtags: ['h'],
    business_store_id: 's',
    product_ids: ['p', '0012345678905'],
    custom_fields: { a_1: 'x' },
    display_social_attributions: true,
    external_media: { source: 'tiktok', url: 'https://tiktok.example/1', username: '@me', navigation_enabled: false },
    poster_url: 'https://example.com/p.PNG',
    video_hidden: true,
  };
  const { sent, snapshot } = await play({ creates: [created] }, { options: { firework } });
  expect(sent.creates[0]?.json).toEqual({ url, ...firework });
  expect(snapshot.warnings).toEqual([]);
});

test.each<[string, ScriptedAnswer]>([
  ['a 500', { status: 500, json: { error: 'Internal Server Error' } }],
  ['a 502', { status: 502, text: '' }],
  ['a 504', { status: 504, text: '<html></html>' }],
  ['nothing', { failure: 'silent' }],
  ['a connection that broke', { failure: 'reset' }],
  ['a cut answer', { status: 201, json: video, cut: true }],
  ['a video without an id', { status: 201, json: { caption: 'c' } }],
])('a creation that was answered with %s is never sent again: the video may be there', async (_what, answer) => {
  const { error, sent } = await play({ creates: [answer, created] });
  expect(error).toMatchObject({ code: 'unknown', retry: 'never' });
  expect(sent.creates).toHaveLength(1);
});

describe('twenty videos in five minutes', () => {
  const starts = async (channels: string[]) => {
    const { sluice, sent, clock } = clientOf({ creates: [created] });
    const begun = clock.now();
    const jobs = await Promise.all(
      channels.map((channel_id) => sluice.import({ source: url, options: { firework: { channel_id } } })),
    );
    await Promise.all(jobs.map((job) => job.wait()));
    await sluice.close();
    expect(sent.creates).toHaveLength(channels.length);
    return clock.now() - begun;
  };

  test('is what a channel takes', async () => {
    expect(await starts(Array(20).fill('one'))).toBeLessThan(300_000);
    expect(await starts(Array(21).fill('one'))).toBeGreaterThanOrEqual(300_000);
  });

  test('is what each channel takes', async () => {
    expect(await starts([...Array(20).fill('one'), ...Array(20).fill('two')])).toBeLessThan(300_000);
  });
});

test('a 429 without a time is tried again a little later', async () => {
  const limited = { status: 429, json: { error: 'Rate limit exceeded' } };
  const { snapshot, sent } = await play({ tokens: [token], creates: [limited, limited, accepted] });
  expect(snapshot.state).toBe('completed');
  expect(sent.creates).toHaveLength(3);
});
