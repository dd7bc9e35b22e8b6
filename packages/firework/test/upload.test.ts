import type { HttpAnswer, JsonValue } from '@sluice/core/adapter';
import { describe, expect, test } from 'vitest';
import { planParts } from '../src/ways.js';
import { channelId, contextOf, fileOf, membersOf, requestOf } from './play.js';
import { multipart, signature, video } from './samples.js';

const clip = requestOf({ source: fileOf('/videos/clip.mp4', 1_000_000), name: 'clip.mp4' });
const film = requestOf({ source: fileOf('C:\\videos\\film.MOV', 100_000_000), name: 'film.MOV' });

describe('one form', () => {
  test('asks for a signature, and sends the fields in the order of the page', async () => {
    const { context, calls } = contextOf(signature);
    const begun = await membersOf().upload.begin(clip, { size: 1_000_000, way: 'single' }, context);
    expect(calls).toEqual([
      {
        method: 'POST',
        path: '/api/v1/upload_signatures',
        json: { filename: 'clip.mp4', mime_type: 'video/mp4', channel_id: channelId },
        effect: 'repeatable',
      },
    ]);
    expect(begun).toEqual({
      kind: 'form',
      url: signature.post_url,
      fields: [
        ['key', signature.key],
        ['acl', signature.acl],
        ['X-Amz-Algorithm', signature.algorithm],
        ['X-Amz-Credential', signature.credential],
        ['X-Amz-Date', signature.date],
        ['Policy', signature.policy],
        ['X-Amz-Signature', signature.signature],
        ['Content-Type', 'video/mp4'],
      ],
      fileField: 'file',
      filename: 'clip.mp4',
      contentType: 'video/mp4',
      answer: 'none',
      uploaded: { s3_key: signature.key },
    });
  });

  test('goes to the channel of the request', async () => {
    const { context, calls } = contextOf(signature);
    const request = { ...clip, options: { channel_id: 'Y7Yre7X' } };
    await membersOf().upload.begin(request, { size: 1_000_000, way: 'single' }, context);
    expect(calls[0]?.json).toMatchObject({ channel_id: 'Y7Yre7X' });
  });
});

describe('parts', () => {
  const begin = (size: number, count: number) => {
    const { context, calls } = contextOf(multipart(count));
    return { calls, begun: membersOf().upload.begin(film, { size, way: 'multipart' }, context) };
  };

  test('are asked for by their count, and remembered by ids', async () => {
    const size = 5_000_000_000;
    const { count, partSize } = planParts(size);
    const { begun, calls } = begin(size, count);
    expect(await begun).toMatchObject({
      kind: 'parts',
      session: { key: 'uploads/channel/film.mov', upload_id: 'up-1' },
      uploaded: { s3_key: 'uploads/channel/film.mov' },
      partSize,
    });
    expect(calls).toEqual([
      {
        method: 'POST',
        path: '/api/v1/upload_multipart/signatures',
        json: { filename: 'film.MOV', mime_type: 'video/quicktime', channel_id: channelId, parts_count: 100 },
        effect: 'repeatable',
      },
    ]);
  });

  test('have their places in order, however they are told', async () => {
    const { parts, ...rest } = multipart(11);
    const { context } = contextOf({ ...rest, parts: parts.toReversed() });
    const begun = await membersOf().upload.begin(film, { size: 100_000_000, way: 'multipart' }, context);
    const numbers = begun.kind === 'parts' ? begun.first.map(({ number }) => number) : [];
    expect(numbers).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
  });

  test.each([
    ['fewer', 10],
    ['more', 12],
    ['none', 0],
  ])('are not begun with %s than were asked for', async (_what, count) => {
    await expect(begin(100_000_000, count).begun).rejects.toMatchObject({ code: 'protocol' });
  });

  test('are not begun with one of them twice', async () => {
    const { parts, ...rest } = multipart(11);
    const { context } = contextOf({ ...rest, parts: parts.map((one) => (one.part === 4 ? { ...one, part: 3 } : one)) });
    const begun = membersOf().upload.begin(film, { size: 100_000_000, way: 'multipart' }, context);
    await expect(begun).rejects.toMatchObject({ code: 'protocol', message: expect.stringContaining('1, 2, 3, 3, 5') });
  });

  test('are put together with the ETags as they came, by a call that the wire repeats only if it did nothing', async () => {
    const { context, calls } = contextOf({}, 204);
    const session = { key: 'k', upload_id: 'u' };
    const parts = [
      { number: 1, etag: '"d41d8cd98f00b204e9800998ecf8427e"', size: 9 },
      { number: 2, etag: 'bare', size: 1 },
    ];
    await membersOf().upload.complete(session, parts, context);
    expect(calls).toEqual([
      {
        method: 'POST',
        path: '/api/v1/upload_multipart/complete',
        json: {
          key: 'k',
          upload_id: 'u',
          parts: [
            { part: 1, etag: '"d41d8cd98f00b204e9800998ecf8427e"' },
            { part: 2, etag: 'bare' },
          ],
        },
        effect: 'once',
      },
    ]);
  });
});

describe('an answer that the parts were put together', () => {
  const complete = (body: JsonValue) => {
    const { context } = contextOf(body, 200);
    return membersOf().upload.complete({ key: 'k', upload_id: 'u' }, [{ number: 1, etag: '"a"', size: 9 }], context);
  };

  test.each<[JsonValue, string]>([
    [{ error: 'Multipart upload failed' }, 'Multipart upload failed'],
    [{ errors: [{ message: 'not now' }] }, 'not now'],
    ['<Error><Code>InternalError</Code></Error>', 'InternalError'],
  ])('and says %j is none', async (body, said) => {
    const refusal = { code: 'protocol', status: 200, message: expect.stringContaining(said) };
    await expect(complete(body)).rejects.toMatchObject(refusal);
  });

  test.each<[JsonValue]>([[''], [{}], [{ error: null }], ['OK']])('and says %j is one', async (body) => {
    await expect(complete(body)).resolves.toBeUndefined();
  });
});

describe('the file with the creation', () => {
  test('is one authorized form to Firework itself, with the metadata before the file', async () => {
    const { context, calls } = contextOf({});
    const request = requestOf({ ...clip, options: { upload: 'file', access: 'private', hashtags: ['a'] } });
    const begun = await membersOf({ baseUrl: 'https://api.example/fw/' }).upload.begin(
      request,
      { size: 1_000_000, way: 'file' },
      context,
    );
    expect(calls).toEqual([]);
    expect(begun).toMatchObject({
      kind: 'form',
      url: 'https://api.example/fw/api/v1/videos',
      authorized: true,
      fileField: 'file',
      filename: 'clip.mp4',
      contentType: 'video/mp4',
      answer: 'json',
    });
    const [[name, value] = ['', '']] = begun.kind === 'form' ? begun.fields : [];
    expect(name).toBe('metadata');
    expect(JSON.parse(value)).toEqual({
      caption: 'clip.mp4',
      access: 'private',
      hashtags: ['a'],
      channel_id: channelId,
    });
  });

  test('is answered with the video', () => {
    const { context } = contextOf({});
    const answer = {
      status: 201,
      header: () => undefined,
      text: JSON.stringify(video),
      parse: (schema) => schema.parse(video),
    } satisfies HttpAnswer;
    const started = membersOf().upload.answered?.(answer, context, clip);
    expect(started).toMatchObject({ ref: { video: video.id }, snapshot: { state: 'completed' } });
  });
});
