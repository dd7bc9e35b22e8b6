import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../src/index.js';
import { ask, callFirework, idOf, tokenOf } from './firework-support.js';
import { emulate, sample } from './support.js';

const SAMPLE = fileURLToPath(new URL('../media/sample.mp4', import.meta.url));

function create(emulator: Emulator, body: object) {
  return callFirework(emulator, '/api/v1/videos', { body: { channel_id: 'FwChannel', caption: 'A clip', ...body } });
}

async function post(emulator: Emulator, ...form: string[]) {
  const fields = form.flatMap((field) => ['--form', field]);
  const authorization = `Authorization: Bearer ${await tokenOf(emulator)}`;
  return ask(`${emulator.firework.baseUrl}/api/v1/videos`, '--header', authorization, ...fields);
}

const METADATA = 'metadata={"channel_id":"FwChannel","caption":"A file"}';

describe('a video from a file in the request', () => {
  it.each([
    ['behind its metadata', [METADATA, `file=@${SAMPLE};type=video/mp4`]],
    ['in front of its metadata', [`file=@${SAMPLE};type=video/mp4`, METADATA]],
  ])('is made, the file %s', async (_name, form) => {
    const emulator = await emulate();
    const { status, json } = await post(emulator, ...form);
    expect(status).toBe(201);
    const [video] = emulator.firework.videos();
    const file = emulator.media.files[0];
    expect(video).toMatchObject({
      id: json.id,
      way: 'file',
      size: file?.size,
      sha256: file?.sha256,
      durationSeconds: 6,
    });
    expect(emulator.firework.requests().at(-1)).toMatchObject({
      path: '/api/v1/videos',
      body: { caption: 'A file' },
      status: 201,
    });
  });

  it.each([
    ['no file', [METADATA], 'file: is required'],
    ['no metadata', [`file=@${SAMPLE};type=video/mp4`], 'metadata: is required'],
    ['metadata that is no JSON', ['metadata={', `file=@${SAMPLE};type=video/mp4`], 'metadata: must be JSON'],
    ['another type', [METADATA, `file=@${SAMPLE};type=video/webm`], 'Unsupported file type'],
    ['another ending', [METADATA, `file=@${SAMPLE};type=video/mp4;filename=a.webm`], 'Unsupported file type'],
    ['a field of its own', [METADATA, 'more=1', `file=@${SAMPLE};type=video/mp4`], 'Unexpected form field: more'],
  ])('is refused with %s', async (_name, form, error) => {
    const emulator = await emulate();
    const { status, json } = await post(emulator, ...form);
    expect(status).toBe(400);
    expect(json.error).toContain(error);
    expect(emulator.firework.videos()).toEqual([]);
  });

  it('is refused when the file is too large', async () => {
    const emulator = await emulate({ firework: { maximumBytes: 1000 } });
    const { status, json } = await post(emulator, METADATA, `file=@${SAMPLE};type=video/mp4`);
    expect([status, json.error]).toEqual([400, 'File too large (max 5GB)']);
  });
});

describe('a video from a URL', () => {
  it('is fetched within the request', async () => {
    const emulator = await emulate();
    const { status, json } = await create(emulator, {
      url: sample(emulator),
      description: 'All of it',
      access: 'private',
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      description: 'All of it',
      access: 'private',
      archived_at: null,
      external_media: null,
    });
    const file = emulator.media.files[0];
    expect(emulator.firework.videos()).toMatchObject([{ way: 'url', size: file?.size, sha256: file?.sha256 }]);
  });

  it('goes on in the background, and is completed once it is transcoded', async () => {
    const emulator = await emulate({ firework: { transcodingMs: 60_000 } });
    const begun = await create(emulator, { url: sample(emulator), async: true });
    expect(begun).toMatchObject({ status: 202, json: { status: 'running', video_id: null, completed_at: null } });
    const look = async () => (await callFirework(emulator, `/api/v1/videos/imports/${idOf(begun)}`)).json;
    await expect.poll(async () => (await look()).video_id).toBeTypeOf('string');
    expect(await look()).toMatchObject({ status: 'running', completed_at: null });
    emulator.clock.advance(60_000);
    await expect.poll(async () => (await look()).status).toBe('completed');
    expect(Date.parse(String((await look()).completed_at))).toBeGreaterThan(Date.parse(String(begun.json.created_at)));
    expect(emulator.firework.imports()).toMatchObject([{ id: begun.json.id, url: sample(emulator) }]);
    expect(emulator.firework.videos()).toMatchObject([{ importId: begun.json.id, transcoding: 'completed' }]);
  });

  it('is errored when transcoding fails, with the video there', async () => {
    const emulator = await emulate({ firework: { transcodingMs: 0, failTranscoding: 'bad' } });
    const { json } = await create(emulator, { url: sample(emulator), async: true, caption: 'a bad one' });
    await expect.poll(() => emulator.firework.imports()[0]?.status).toBe('errored');
    expect(emulator.firework.imports()).toMatchObject([{ id: json.id, error: 'transcoding failed' }]);
    expect(emulator.firework.imports()[0]?.videoId).toBe(emulator.firework.videos()[0]?.id);
  });

  it.each([
    ['a file that isn’t there', '/missing.mp4', 'url: the source answered 404'],
    ['a source that hangs up', '/broken/sample.mp4', 'url: aborted'],
    ['a source without a length', '/sample.mp4?length=none', 'url: the source answers without Content-Length'],
    ['another type', '/tone.m4a', 'url: the source answers with Content-Type audio/mp4'],
  ])('is refused for %s: 400 within the request, errored in the background', async (_name, path, error) => {
    const emulator = await emulate();
    const url = `${emulator.media.url}${path}`;
    expect(await create(emulator, { url })).toMatchObject({ status: 400, json: { error } });
    expect(await create(emulator, { url, async: true })).toMatchObject({ status: 202 });
    await expect.poll(() => emulator.firework.imports()[0]).toMatchObject({ status: 'errored', videoId: null, error });
    expect(emulator.firework.videos()).toEqual([]);
  });

  it('is refused when the source says that it is too large', async () => {
    const emulator = await emulate();
    const url = `${emulator.media.url}/padded/5000000001/clip.mp4`;
    const { status, json } = await create(emulator, { url });
    expect([status, json.error]).toEqual([400, 'url: File too large (max 5GB)']);
  });

  it.each([
    ['ftp://127.0.0.1/clip.mp4', 'must be an http or https URL'],
    ['http://localhost/clip.mp4', 'must have a valid hostname'],
    ['http://127.0.0.1', 'must have a path'],
    ['clip.mp4', 'must be an http or https URL'],
  ])('is refused for the URL %s', async (url, error) => {
    const emulator = await emulate();
    expect(await create(emulator, { url })).toMatchObject({ status: 400, json: { error: `url: ${error}` } });
  });

  it('must last from 3 seconds to an hour', async () => {
    const emulator = await emulate({ firework: { minimumSeconds: 5 } });
    const url = sample(emulator, 'tall.mp4');
    const error = 'Video duration out of range: must be between 5 and 3600 seconds';
    expect(await create(emulator, { url })).toMatchObject({ status: 422, json: { error } });
    await create(emulator, { url, async: true });
    await expect.poll(() => emulator.firework.imports()[0]).toMatchObject({ status: 'errored', error });
  });
});

describe('what a create says of its video', () => {
  it.each<[string, object, number, string]>([
    ['no caption', { caption: undefined }, 400, 'caption: '],
    ['an empty caption', { caption: '' }, 422, 'caption: '],
    ['a long caption', { caption: 'x'.repeat(256) }, 422, 'caption: should be at most 255 character(s)'],
    ['no channel', { channel_id: undefined }, 400, 'channel_id: '],
    ['an unknown channel', { channel_id: 'none' }, 404, 'Channel not found'],
    ['somebody else’s channel', { channel_id: 'FwForeign' }, 403, 'Insufficient permissions to upload'],
    ['an unknown access', { access: 'unlisted' }, 422, 'access: '],
    ['a date that is none', { archived_at: 'yesterday' }, 422, 'archived_at: '],
    ['hashtags that are no list', { hashtags: 'a' }, 400, 'hashtags: '],
    ['a custom field’s name', { custom_fields: { 'Not-this': 'x' } }, 422, 'custom_fields.Not-this: '],
    ['a custom field’s length', { custom_fields: { this: 'x'.repeat(1025) } }, 422, 'custom_fields.this: '],
    ['attributions without media', { display_social_attributions: true }, 422, 'external_media: required'],
    [
      'media without a user',
      { external_media: { source: 'x', url: 'https://e.com/a' } },
      400,
      'external_media.username: ',
    ],
    ['another poster', { poster_url: 'https://e.com/a.webp' }, 422, 'poster_url: '],
    ['two sources', { s3_key: 'a', url: 'http://127.0.0.1/a.mp4' }, 400, 'Unknown parameter: s3_key'],
    ['no source', { s3_key: undefined }, 400, 's3_key: '],
    ['a key that nobody uploaded', { s3_key: 'another' }, 400, 'Invalid s3_key'],
    ['what is unknown', { s3_video_key: 'a' }, 400, 'Unknown parameter: s3_video_key'],
  ])('is refused for %s', async (...[, body, status, error]) => {
    const emulator = await emulate();
    const answer = await create(emulator, { s3_key: 'key', ...body });
    expect(answer.status).toBe(status);
    expect(answer.json.error).toContain(error);
  });

  it('is refused where it is no JSON', async () => {
    const emulator = await emulate();
    const authorization = `Authorization: Bearer ${await tokenOf(emulator)}`;
    const url = `${emulator.firework.baseUrl}/api/v1/videos`;
    const send = (type: string, text: string) =>
      ask(url, '--header', authorization, '--header', `Content-Type: ${type}`, '--data', text);
    expect(await send('application/json', '{')).toMatchObject({ status: 400 });
    expect(await send('text/plain', '{}')).toMatchObject({ status: 400 });
    expect(await send('application/json', '[]')).toMatchObject({ status: 400 });
  });

  it('tags products by any of their names, in order, once, and skips the unknown', async () => {
    const emulator = await emulate();
    const product_ids = ['SKU-567', 'nobody', '123', '0000000000567', 'FwProduct234', 'unit-123'];
    const { json } = await create(emulator, { url: sample(emulator), product_ids, video_hidden: true });
    expect(json.product_ids).toEqual(['FwProduct567', 'FwProduct123', 'FwProduct234']);
    expect(emulator.firework.videos()[0]?.hiddenProductIds).toEqual(json.product_ids);
  });

  it('tags nothing from a store that isn’t there', async () => {
    const emulator = await emulate();
    const products = { product_ids: ['123'], business_store_id: 'another' };
    expect((await create(emulator, { url: sample(emulator), ...products })).json.product_ids).toEqual([]);
  });
});

describe('the rate limit', () => {
  it('lets 20 videos be made on a channel in 5 minutes, whatever came of them', async () => {
    const emulator = await emulate({ firework: { channels: ['FwChannel', 'FwSecond'], retryAfter: true } });
    const token = await tokenOf(emulator);
    const url = `${emulator.media.url}/missing.mp4`;
    const make = (channel_id = 'FwChannel') =>
      callFirework(emulator, '/api/v1/videos', { token, body: { channel_id, caption: 'x', url, async: true } });
    for (let count = 0; count < 20; count += 1) expect((await make()).status).toBe(202);
    const refused = await make();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(290);
    expect((await make('FwSecond')).status).toBe(202);
    emulator.clock.advance(300_000);
    expect((await make()).status).toBe(202);
    expect(emulator.firework.counts()).toMatchObject({ create: 23, refused429: 1 });
  });

  it('can be switched off', async () => {
    const emulator = await emulate({ firework: { limits: 'none' } });
    const token = await tokenOf(emulator);
    const body = { channel_id: 'FwChannel', caption: 'x', url: `${emulator.media.url}/missing.mp4`, async: true };
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => callFirework(emulator, '/api/v1/videos', { token, body })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  });
});
