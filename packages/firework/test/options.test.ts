import { createSluice } from '@sluice/core';
import { afterEach, describe, expect, test } from 'vitest';
import { firework } from '../src/index.js';
import { channelId, credentials, fileOf, url } from './play.js';

const sluice = createSluice({ providers: { shop: firework({ ...credentials, channelId }) } });
afterEach(() => sluice.close());

/** What a plan says of a request with these options, as it comes from a file: without types. */
async function plan(options: unknown, source: unknown = url) {
  const request: unknown = { source, options: { firework: options } };
  return sluice.plan(request as Parameters<typeof sluice.plan>[0]);
}

const media = { source: 'tiktok', url: 'https://tiktok.example/@me/1', username: '@me' };

describe('a wrong option is named before anything is sent', () => {
  test.each<[string, object, RegExp]>([
    ['an unknown one', { title: 'x' }, /options\.firework\.title: unknown field; known: channel_id, caption/],
    ['a blank caption', { caption: ' ' }, /caption: must not be blank/],
    ['an access of answers alone', { access: 'unlisted' }, /access: .*"public"\|"private"/],
    ['a time without its offset', { archived_at: '2025-01-29T12:00:00' }, /archived_at: must be an ISO 8601 time/],
    ['a day', { archived_at: '2025-01-29' }, /archived_at: must be an ISO 8601 time/],
    ['hashtags as one text', { hashtags: 'a b' }, /hashtags: .*array/],
    ['an empty hashtag', { hashtags: ['a', ''] }, /hashtags\.1: must not be empty/],
    ['product ids that are numbers', { product_ids: [123] }, /product_ids\.0: .*string/],
    ['a custom field with capitals', { custom_fields: { Campaign: 'x' } }, /custom_fields\.Campaign: the name must be/],
    ['a custom field without a name', { custom_fields: { '': 'x' } }, /custom_fields\."": the name must be/],
    ['a custom field with a long name', { custom_fields: { ['a'.repeat(256)]: 'x' } }, /the name must be 1 to 255/],
    [
      'a long custom field',
      { custom_fields: { a: 'x'.repeat(1_025) } },
      /custom_fields\.a: must have at most 1024 characters/,
    ],
    ['a custom field that is a number', { custom_fields: { a: 1 } }, /custom_fields\.a: .*string/],
    ['attributions without their media', { display_social_attributions: true }, /external_media: is needed with/],
    ['media without a username', { external_media: { ...media, username: undefined } }, /external_media/],
    [
      'media with an empty source',
      { external_media: { ...media, source: '' } },
      /external_media\.source: must not be empty/,
    ],
    [
      'media at no URL',
      { external_media: { ...media, url: 'tiktok.example/1' } },
      /external_media\.url: must be an absolute/,
    ],
    ['unknown media', { external_media: { ...media, handle: '@me' } }, /external_media\.handle: unknown field/],
    ['a poster that is a gif', { poster_url: 'https://example.com/p.gif' }, /poster_url: .*\.jpg or \.png/],
    ['a poster whose query only ends well', { poster_url: 'https://example.com/p?f=.jpg' }, /poster_url/],
    ['a poster at no URL', { poster_url: 'p.jpg' }, /poster_url/],
    ['a way that is none', { upload: 'multipart' }, /upload: .*"file"/],
    ['an async that is a text', { async: 'yes' }, /async: .*boolean/],
    ['an empty channel', { channel_id: '' }, /channel_id: must not be empty/],
  ])('%s', async (_what, options, line) => {
    await expect(plan(options)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(line),
    });
  });
});

describe('a right option is taken', () => {
  test.each<[string, object]>([
    [
      'a custom field as long as it may be, of characters that take two',
      { custom_fields: { a_1: '🎬'.repeat(1_024) } },
    ],
    ['no custom fields', { custom_fields: {} }],
    ['a name as long as it may be', { custom_fields: { ['a'.repeat(255)]: '' } }],
    ['no poster', { poster_url: null }],
    ['an empty poster', { poster_url: '' }],
    ['a poster with a query', { poster_url: 'https://example.com/p.jpg?v=2' }],
    ['attributions with their media', { display_social_attributions: true, external_media: media }],
    ['no attributions', { display_social_attributions: false }],
    ['products that are hidden', { product_ids: ['123'], video_hidden: true }],
    ['no products', { product_ids: [] }],
  ])('%s', async (_what, options) => {
    expect((await plan(options)).problems).toEqual([]);
  });
});

describe('an option that would come to nothing is a warning', () => {
  test.each<[string, object, unknown]>([
    ['async', { async: true }, fileOf('/clip.mp4', 30_000)],
    ['upload', { upload: 'file' }, url],
    ['video_hidden', { video_hidden: true }, url],
  ])('%s', async (option, options, source) => {
    const { problems, route } = await plan(options, source);
    expect(problems).toMatchObject([{ severity: 'warning', field: `options.firework.${option}` }]);
    expect(route).toBeDefined();
  });
});
