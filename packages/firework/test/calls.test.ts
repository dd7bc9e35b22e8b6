import { afterEach, describe, expect, test } from 'vitest';
import type { FireworkVideoPatch } from '../src/index.js';
import { clientOf } from './play.js';
import { unauthorized, video } from './samples.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function shopOf(...rest: Parameters<typeof clientOf>[0]['rest'] & object) {
  const client = clientOf({ rest });
  closers.push(() => client.sluice.close());
  return { shop: client.sluice.provider('shop'), sent: client.sent };
}

const poster = { url: 'https://cdn.example/p.jpg', aspect_ratio: '9:16', format: 'jpg', width: 540, height: 960 };

describe('video(id)', () => {
  test('tells of a video, with the token', async () => {
    const more = { thumbnail_url: 'https://cdn.example/t.jpg', video_posters: [poster], plays: 7 };
    const { shop, sent } = shopOf({ json: { ...video, ...more } });
    const { plays: _unknown, ...known } = more;
    expect(await shop.video('a/b')).toEqual({ ...video, ...known });
    expect(sent.rest).toMatchObject([
      { method: 'GET', path: '/api/v1/videos/a%2Fb', headers: { authorization: 'Bearer token-0123456789abcdef' } },
    ]);
  });

  test('leaves out what cannot be read', async () => {
    const { shop } = shopOf({ json: { ...video, hashtags: 'none', custom_fields: 7, video_posters: [{}] } });
    const { hashtags, custom_fields, video_posters } = await shop.video(video.id);
    expect({ hashtags, custom_fields, video_posters }).toEqual({});
  });

  test('renews a refused token once, and says what is not there', async () => {
    const { shop, sent } = shopOf(unauthorized, { status: 404, json: { error: 'Video not found' } });
    await expect(shop.video('gone')).rejects.toMatchObject({ code: 'not-found', provider: 'shop' });
    expect(sent.tokens).toHaveLength(2);
  });

  test.each(['', '.', '..'])('needs an id, and "%s" is none', async (id) => {
    const { shop, sent } = shopOf({ json: video });
    await expect(shop.video(id)).rejects.toMatchObject({ code: 'invalid-request' });
    expect(sent.rest).toEqual([]);
  });
});

describe('updateVideo(id, patch)', () => {
  test('sends what is changed and nothing else', async () => {
    const { shop, sent } = shopOf({ json: { ...video, caption: 'Another' } });
    const patch: FireworkVideoPatch = { caption: 'Another', poster_url: null, product_ids: [], video_hidden: false };
    expect(await shop.updateVideo(video.id, patch)).toMatchObject({ id: video.id, caption: 'Another' });
    expect(sent.rest).toMatchObject([{ method: 'PATCH', path: `/api/v1/videos/${video.id}`, json: patch }]);
  });

  test('may show attributions of media that are there already', async () => {
    const { shop, sent } = shopOf({ json: video });
    await shop.updateVideo(video.id, { display_social_attributions: true });
    expect(sent.rest).toHaveLength(1);
  });

  test('is sent again when its answer was lost: it is the same change', async () => {
    const { shop, sent } = shopOf({ failure: 'reset' }, { json: video });
    await shop.updateVideo(video.id, { caption: 'Another' });
    expect(sent.rest).toHaveLength(2);
  });

  test.each<[string, object, RegExp]>([
    ['an unknown field', { title: 'x' }, /^patch\.title: unknown field; known: caption, description/],
    ['the channel', { channel_id: 'c' }, /^patch\.channel_id: unknown field/],
    ['a blank caption', { caption: ' ' }, /^patch\.caption: must not be blank$/],
    ['a custom field', { custom_fields: { A: 'x' } }, /^patch\.custom_fields\.A: the name/],
    [
      'a custom field with a name of two lines',
      { custom_fields: { 'a\nb': 'x' } },
      /^patch\.custom_fields\."a\\nb": the name/,
    ],
    [
      'a custom field with an endless name',
      { custom_fields: { ['a'.repeat(256)]: 'x' } },
      /^patch\.custom_fields\."a{60}…": /,
    ],
    ['a poster', { poster_url: 'p.gif' }, /patch\.poster_url: /],
  ])('is refused before it is sent: %s', async (_what, patch, line) => {
    const { shop, sent } = shopOf({ json: video });
    await expect(shop.updateVideo(video.id, patch)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(line),
    });
    expect(sent.rest).toEqual([]);
  });
});
