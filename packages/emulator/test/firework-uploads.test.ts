import { describe, expect, it } from 'vitest';
import { ask, callFirework, formFields, signForm, signParts } from './firework-support.js';
import { uploadSuite } from './firework-upload-suite.js';
import { emulate } from './support.js';

const FILE = { filename: 'clip.mp4', mime_type: 'video/mp4', channel_id: 'FwChannel' };

describe('uploads into the emulator’s own store', () => {
  uploadSuite((firework) => emulate(firework === undefined ? {} : { firework }));

  it('end with their signatures by the emulator’s clock', async () => {
    const emulator = await emulate();
    const [form, { parts }] = [await signForm(emulator), await signParts(emulator, 1)];
    const url = parts[0]?.signature.put_url ?? '';
    const send = async () => [
      (await ask('--data-binary', 'x'.repeat(30_000), '--request', 'PUT', url)).status,
      (await ask(form.post_url, ...formFields(form, import.meta.filename))).status,
    ];
    emulator.clock.advance(59 * 60_000);
    expect(await send()).toEqual([200, 400]);
    emulator.clock.advance(60_000);
    expect(await send()).toEqual([403, 403]);
  });

  it('end by the real one where that is wanted', async () => {
    const emulator = await emulate({ firework: { signatureClock: 'real' } });
    const { parts } = await signParts(emulator, 1);
    emulator.clock.advance(61 * 60_000);
    const put = ['--data-binary', 'x', '--request', 'PUT', parts[0]?.signature.put_url ?? ''];
    expect((await ask(...put)).status).toBe(200);
  });
});

describe('what a signature is refused for', () => {
  it.each<[string, object, number, string]>([
    [
      'another type',
      { mime_type: 'video/webm' },
      400,
      'Invalid mime_type - only video/mp4 and video/quicktime allowed',
    ],
    ['no type', { mime_type: undefined }, 400, 'Invalid mime_type: '],
    ['no filename', { filename: undefined }, 400, 'Invalid filename: '],
    ['an empty filename', { filename: '' }, 400, 'Invalid filename: '],
    ['no channel', { channel_id: undefined }, 400, 'Invalid channel_id: '],
    ['an unknown channel', { channel_id: 'none' }, 404, 'Channel not found'],
    [
      'a foreign channel',
      { channel_id: 'FwForeign' },
      403,
      'Insufficient permissions to upload to the specified channel',
    ],
  ])('%s', async (...[, more, status, error]) => {
    const emulator = await emulate();
    for (const path of ['/api/v1/upload_signatures', '/api/v1/upload_multipart/signatures']) {
      const answer = await callFirework(emulator, path, { body: { ...FILE, parts_count: 1, ...more } });
      expect(answer.status).toBe(status);
      expect(answer.json.error).toContain(error);
    }
    expect(emulator.firework.uploads()).toEqual([]);
  });

  it.each([0, 101, 1.5, '3', undefined, null])('%o parts', async (parts_count) => {
    const emulator = await emulate();
    const body = { ...FILE, parts_count };
    const answer = await callFirework(emulator, '/api/v1/upload_multipart/signatures', { body });
    const error = 'Invalid parts_count - must be between 1 and 100';
    expect(answer).toMatchObject({ status: 400, json: { error } });
  });

  it('nothing that the page allows: 100 parts', async () => {
    const emulator = await emulate();
    const { key, parts } = await signParts(emulator, 100);
    expect(parts.map(({ part }) => part)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(new Set(parts.map(({ signature }) => signature.key))).toEqual(new Set([key]));
  });
});

describe('what completing is refused for', () => {
  const part = { part: 1, etag: '"x"' };

  it.each<[string, object, string]>([
    ['no key', { key: undefined }, 'Invalid key'],
    ['an unknown key', { key: 'none' }, 'Invalid key or upload_id'],
    ['another upload', { upload_id: 'none' }, 'Invalid key or upload_id'],
    ['no parts', { parts: undefined }, 'Invalid parts'],
    ['an empty list', { parts: [] }, 'Invalid parts'],
    ['a part twice', { parts: [part, part] }, 'Invalid parts: duplicate part numbers'],
    ['part 0', { parts: [{ ...part, part: 0 }] }, 'Invalid parts.0.part'],
    ['part 101', { parts: [{ ...part, part: 101 }] }, 'Invalid parts.0.part'],
    ['a part that was not signed for', { parts: [part, { ...part, part: 3 }] }, 'Invalid part numbers'],
    ['an empty ETag', { parts: [{ ...part, etag: '' }] }, 'Invalid parts.0.etag'],
  ])('%s', async (_name, more, error) => {
    const emulator = await emulate();
    const { key, upload_id } = await signParts(emulator, 2);
    const body = { key, upload_id, parts: [part], ...more };
    const answer = await callFirework(emulator, '/api/v1/upload_multipart/complete', { body });
    expect(answer.status).toBe(400);
    expect(answer.json.error).toContain(error);
  });
});
