import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { md5Hex } from '../src/md5.js';
import { membersOf } from './context.js';
import { settings } from './samples.js';

test('MD5 is MD5, of every length around a block and beyond ASCII', () => {
  // RFC 1321, A.5.
  expect(md5Hex('')).toBe('d41d8cd98f00b204e9800998ecf8427e');
  expect(md5Hex('message digest')).toBe('f96b697d7cb7938d525a2f31aaf161d0');
  for (let length = 0; length < 200; length += 1) {
    const text = 'aü€😀'.repeat(length).slice(0, length);
    expect(md5Hex(text)).toBe(createHash('md5').update(text).digest('hex'));
  }
});

test('Basic carries login and password in UTF-8', () => {
  const { wire } = membersOf({ password: 'pässword' });
  const expected = Buffer.from(`${settings.login}:pässword`).toString('base64');
  expect(wire.headers).toEqual({ authorization: `Basic ${expected}` });
});

test('a one-time password is new for every attempt, and holds no slash', async () => {
  const { wire } = membersOf({ auth: 'otp', otpLifetimeMs: 60_000 });
  expect(wire.headers).toBeUndefined();
  const call = { method: 'POST', path: '/file/list', form: { fields: 'id' } } as const;
  const signed = await Promise.all(Array.from({ length: 500 }, async () => wire.sign?.(call, 1_000_500)));
  const otps = signed.map((one) => one?.form?.otp ?? '');
  expect(new Set(otps).size).toBe(500);
  for (const otp of otps) {
    const [login, expire, salt = '', digest] = otp.split(':');
    expect([login, expire]).toEqual([settings.login, '1061']);
    expect(salt).toMatch(/^[A-Za-z0-9+,]{22}==$/);
    expect(digest).toBe(createHash('md5').update(`1061:${salt}:${settings.password}`).digest('hex'));
  }
  expect(call.form).toEqual({ fields: 'id' });
});
