import { describe, expect, test } from 'vitest';
import { curl } from './support.js';
import { add, addForm, emulateCdn, ended, oneTimePassword, post, postAs } from './video-cdn-support.js';

describe('an add', () => {
  test('fetches the source, holds it against size and checksum, and delivers it', async () => {
    const emulator = await emulateCdn();
    const [sample] = emulator.media.files;
    const id = await add(emulator, { chksum: sample?.sha256 ?? '', fetch_prio: 3, speed: '130%', buffer: '10s' });
    const file = await ended(emulator);
    expect(file).toMatchObject({ id, status: 'ready', size: sample?.size, chksum: sample?.sha256 });
    expect(emulator.videoCdn.files()).toMatchObject([
      { id, priority: 3, speed: '130%', buffer: '10s', measured: { size: sample?.size, sha256: sample?.sha256 } },
    ]);
    const bytes = await curl('--output', '/dev/null', '--write-out', '%{size_download}', String(file.url));
    expect(Number(bytes)).toBe(sample?.size);
  });

  test.each<[string, Record<string, string | number>, string]>([
    ['size', { size: 5 }, 'size mismatch: expected 5, got '],
    ['checksum', { chksum: 'ab'.repeat(32) }, `chksum mismatch: expected ${'ab'.repeat(32)}, got `],
    ['source', { location: 'http://127.0.0.1:1/clip.mp4' }, 'could not fetch the source: connect ECONNREFUSED'],
  ])('with the wrong %s fails, and says why', async (_what, change, message) => {
    const emulator = await emulateCdn();
    await add(emulator, change);
    const file = await ended(emulator);
    expect(file).toMatchObject({ status: 'failed', message: expect.stringContaining(message), url: null });
  });

  test.each<[string, Record<string, string | number>, string]>([
    ['without a size', { size: '' }, 'size'],
    ['without a path', { name: 'videos/../clip.mp4' }, 'name: is no path'],
    ['from a scheme that it does not know', { location: 'gopher://host/clip.mp4' }, 'location: must be'],
    ['with a parameter that it does not know', { colour: 'red' }, 'unknown parameter: colour'],
    ['with a checksum that is none', { chksum: 'abc' }, 'chksum: must be'],
  ])('%s is refused', async (_what, change, error) => {
    const emulator = await emulateCdn();
    const answer = await post(emulator, '/file/add', addForm(emulator, change));
    expect(answer).toMatchObject({ status: 400, json: { status: 'error', error: expect.stringContaining(error) } });
    expect(emulator.videoCdn.files()).toEqual([]);
  });

  test('can be taken back: the file is gone, and its pull ends', async () => {
    const emulator = await emulateCdn({ pullMs: 3_600_000 });
    const id = await add(emulator);
    expect((await post(emulator, '/file/delete', { id })).json).toEqual({ id, status: 'deleted' });
    expect((await post(emulator, '/file/delete', { id })).status).toBe(404);
    expect(emulator.videoCdn.files()).toEqual([]);
  });
});

describe('who may add', () => {
  test('the owner of login and password', async () => {
    const emulator = await emulateCdn();
    const form = addForm(emulator);
    expect((await postAs([], { emulator, path: '/file/add', form })).status).toBe(401);
    const wrong = await postAs(['--user', `${emulator.videoCdn.login}:wrong`], { emulator, path: '/file/add', form });
    expect(wrong).toMatchObject({ status: 401, json: { error: 'wrong login or password' } });
    expect((await post(emulator, '/file/add', form)).status).toBe(200);
  });

  test('whoever has a one-time password: once, and before it expires', async () => {
    const emulator = await emulateCdn({ auth: 'otp' });
    const list = (otp: string) => postAs([], { emulator, path: '/file/list', form: { otp } });
    const otp = oneTimePassword(emulator);
    expect((await list(otp)).status).toBe(200);
    expect((await list(otp)).json).toMatchObject({ error: 'the one-time password is used' });
    const expired = oneTimePassword(emulator, { expire: Math.floor(Date.now() / 1_000) - 2 });
    expect((await list(expired)).json).toMatchObject({ error: 'the one-time password is expired' });
    expect((await list(`${otp.slice(0, -1)}x`)).json).toMatchObject({ error: 'the one-time password is malformed' });
    const forged = oneTimePassword(emulator).replace(/.{32}$/, 'a'.repeat(32));
    expect((await list(forged)).json).toMatchObject({ error: 'the one-time password is wrong' });
    expect((await post(emulator, '/file/list', {})).status).toBe(401);
    expect(emulator.videoCdn.counts()).toMatchObject({ otps: 5, otpsReused: 2 });
  });
});

test.each([
  ['form', 'id=100001&status=queued\n'],
  ['lines', 'id: 100001\nstatus: queued\n'],
] as const)('answers can be written as %s', async (answers, text) => {
  const emulator = await emulateCdn({ answers });
  expect((await post(emulator, '/file/add', addForm(emulator))).text).toBe(text);
});

test('credentials of sources are shown nowhere', async () => {
  const logged: string[] = [];
  const emulator = await emulateCdn({}, { log: (entry) => logged.push(JSON.stringify(entry)) });
  const location = String(addForm(emulator).location).replace('://', '://user-of-source:password-of-source@');
  await add(emulator, { location, callback: `${emulator.url}/hook/secret-token-of-job` });
  await add(emulator, { location: location.replace('sample.mp4', 'none.mp4?key=query-of-source'), name: 'none' });
  await ended(emulator);
  await ended(emulator, 'none');
  const state = await curl(`${emulator.url}/_emulator/state`);
  for (const secret of ['user-of-source', 'password-of-source', 'query-of-source', 'secret-token-of-job']) {
    expect(logged.join('\n')).not.toContain(secret);
    expect(state).not.toContain(secret);
  }
});
