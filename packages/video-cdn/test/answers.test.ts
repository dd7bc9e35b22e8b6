import { createSluice } from '@sluice/core';
import type { JsonValue } from '@sluice/core/adapter';
import { scriptedHttp } from '@sluice/core/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type VideoCdnSettings, videoCdn } from '../src/index.js';
import { contextOf, membersOf, requestOf } from './context.js';
import { fileOf, settings, sha256, size } from './samples.js';

const memo = { size, sha256, at: 0 };
const ref = { name: 'videos/clip.mp4', file: '4711' };

function look(answer: JsonValue, settings: Partial<VideoCdnSettings> = {}) {
  return membersOf(settings).status(ref, contextOf(answer, { memo }).context);
}

describe('a list is read', () => {
  test.each<[string, JsonValue]>([
    ['bare', [fileOf()]],
    ['wrapped', { status: 'ok', data: { files: [fileOf()] } }],
    ['as the file itself', fileOf()],
    ['with numbers as texts', [fileOf({ id: '4711', size: String(size) })]],
  ])('%s', async (_how, answer) => {
    expect(await look(answer)).toMatchObject({ state: 'completed', items: [{ asset: { id: '4711', size, sha256 } }] });
  });

  test('as forms and lines', async () => {
    const form = `id=4711&full_name=videos%2Fclip.mp4&status=ready&size=${size}\n`;
    expect(await look(form, { answers: 'form' })).toMatchObject({ state: 'completed' });
    const lines = `id: 4700\nfull_name: videos/clip.mp4\nstatus: failed\n\nid: 4711\nstatus: ready\nsize: ${size}\n`;
    expect(await look(lines, { answers: 'lines' })).toMatchObject({ state: 'completed' });
  });

  test('by a function, and with names and words of one’s own', async () => {
    const settings: Partial<VideoCdnSettings> = {
      answers: (text) =>
        text.split(';').map((pair) => ({ no: pair.split('=')[0] ?? '', how: pair.split('=')[1] ?? '' })),
      fields: { id: 'no', state: 'how' },
      states: { bereit: 'completed' },
    };
    expect(await look('4710=x;4711=bereit', settings)).toMatchObject({ state: 'completed', rawState: 'bereit' });
  });

  test.each<[string, Partial<VideoCdnSettings>]>([
    ['<html>Welcome</html>', { answers: 'form' }],
    ['<html>\n\nWelcome', { answers: 'lines' }],
    ['{"nothing":"known"}', {}],
    ['[1]', {}],
    ['7', {}],
  ])('but not where it is none: %s', async (answer, settings) => {
    // With its status the engine tells it from a no, and asks again before anything is sent.
    await expect(look(answer, settings)).rejects.toMatchObject({ code: 'protocol', status: 200 });
  });
});

describe('a list of a name that no file has', () => {
  const refusing = (message: string, status: number) => {
    const http = scriptedHttp(() => ({ status, json: { status: 'error', error: message } }));
    const sluice = createSluice({
      providers: { cdn: videoCdn({ ...settings, words: { none: ['nichts da'] } }) },
      ...http,
    });
    onTestFinished(() => sluice.close());
    return sluice.provider('cdn').file('videos/clip.mp4');
  };

  test.each([404, 200])('may be a refusal in the words for it, with %i', async (status) => {
    expect(await refusing('nichts da', status)).toBeUndefined();
  });

  test('is told from a wrong address', async () => {
    await expect(refusing('not found', 404)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(
        /^cdn: not found \(HTTP 404\).*: correct baseUrl or paths\.list, or add to words\.none/,
      ),
    });
    await expect(refusing('wrong fields', 200)).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('an add', () => {
  const add = (answer: JsonValue, ifExists?: 'skip' | 'fail') =>
    membersOf().start(
      requestOf(ifExists === undefined ? {} : { ifExists }),
      contextOf(answer, { before: null }).context,
    );

  test('that is refused with 200 says why, and is not repeated', async () => {
    await expect(add({ status: 'error', message: 'quota of files reached', code: 17 })).rejects.toMatchObject({
      code: 'invalid-request',
      message: 'the Video CDN refused: quota of files reached',
      providerCode: '17',
    });
  });

  test('whose answer names no file leaves it open', async () => {
    await expect(add({ status: 'ok' })).rejects.toMatchObject({ code: 'protocol', ambiguous: true });
  });

  test('over a name that is taken is about the file that is there', async () => {
    const refused = { error: { message: 'File already exists', code: 'E_EXISTS' } };
    await expect(add(refused, 'fail')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('videos/clip.mp4'),
    });
    const started = await add(refused, 'skip');
    expect(started).toMatchObject({ ref: { name: 'videos/clip.mp4' }, memo: { outcome: 'existing' } });
    const { context } = contextOf([fileOf({ id: 1 })], { memo: started.memo ?? null });
    const snapshot = await membersOf().status(started.ref, context);
    expect(snapshot).toMatchObject({ state: 'completed', items: [{ outcome: 'existing', asset: { id: '1' } }] });
  });

  test('holds what its options say, which win over the neutral fields', async () => {
    const { context, calls } = contextOf({ id: 1 }, { callbackUrl: 'https://me.example/hook' });
    const options = { fetch_prio: 'urgent', no_replace: true, buffer: 30, callback: 'https://other.example/hook' };
    await membersOf().start(requestOf({ options, priority: 3 }), context);
    expect(calls[0]).toMatchObject({
      path: '/file/add',
      form: { fetch_prio: 'urgent', no_replace: 'true', buffer: '30', callback: 'https://other.example/hook' },
    });
  });

  test('takes other paths and parameter names', async () => {
    const { context, calls } = contextOf({ id: 1 }, { callbackUrl: 'https://me.example/hook' });
    const members = membersOf({ paths: { add: '/v3/import' }, parameters: { checksum: 'sha256', callback: 'notify' } });
    await members.start(requestOf(), context);
    expect(calls[0]).toMatchObject({ path: '/v3/import', form: { sha256, notify: 'https://me.example/hook' } });
    expect(calls[0]?.form).not.toHaveProperty('chksum');
  });
});
