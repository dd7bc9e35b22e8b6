import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emulator } from '../src/index.js';
import { curl, emulate } from './support.js';

describe('the S3 face, judged by curl', () => {
  let folder = '';
  let file = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
    file = join(folder, 'clip.bin');
    await writeFile(file, 'twelve bytes');
  });

  afterAll(() => rm(folder, { recursive: true }));

  const signed = ({ s3 }: Emulator, secret = s3.secretAccessKey) => [
    '--aws-sigv4',
    `aws:amz:${s3.region}:s3`,
    '--user',
    `${s3.accessKeyId}:${secret}`,
    '--header',
    'x-amz-content-sha256: UNSIGNED-PAYLOAD',
  ];
  const address = ({ s3 }: Emulator, key = 'a/b.bin') => `${s3.endpoint}/${s3.bucket}/${key}`;
  const STATUS = ['--write-out', '%{http_code}'];

  it('puts, gets a range and deletes', async () => {
    const emulator = await emulate();
    const url = address(emulator);
    expect(await curl(...signed(emulator), ...STATUS, '--upload-file', file, url)).toBe('200');
    expect(await curl(...signed(emulator), '--range', '7-11', url)).toBe('bytes');
    expect(await curl(...signed(emulator), ...STATUS, '--request', 'DELETE', url)).toBe('204');
    expect(await curl(...signed(emulator), url)).toContain('<Code>NoSuchKey</Code>');
  });

  it('puts with the hash of the body signed', async () => {
    const emulator = await emulate();
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const [withHash, withOther] = ['twelve bytes', 'other bytes'].map((text) =>
      signed(emulator).with(-1, `x-amz-content-sha256: ${hash(text)}`),
    );
    expect(await curl(...(withHash ?? []), ...STATUS, '--upload-file', file, address(emulator))).toBe('200');
    expect(await curl(...(withOther ?? []), '--upload-file', file, address(emulator))).toContain(
      '<Code>XAmzContentSHA256Mismatch</Code>',
    );
  });

  it('refuses a wrong secret, no signature, no length and no content hash', async () => {
    const emulator = await emulate();
    const url = address(emulator);
    expect(await curl(...signed(emulator, 'wrong'), '--upload-file', file, url)).toContain(
      '<Code>SignatureDoesNotMatch</Code>',
    );
    expect(await curl('--upload-file', file, url)).toContain('<Code>AccessDenied</Code>');
    const chunked = ['--header', 'Transfer-Encoding: chunked', '--header', 'Content-Length:'];
    const withoutLength = await curl(...signed(emulator), ...chunked, ...STATUS, '--upload-file', file, url);
    expect(withoutLength).toMatch(/<Code>MissingContentLength<\/Code>.*411$/s);
  });

  it('checks Content-MD5', async () => {
    const emulator = await emulate();
    const put = (md5: string) =>
      curl(...signed(emulator), '--header', `content-md5: ${md5}`, '--upload-file', file, address(emulator));
    const digest = (text: string) => createHash('md5').update(text).digest('base64');
    expect(await put(digest('twelve bytes'))).toBe('');
    expect(await put(digest('other bytes'))).toContain('<Code>BadDigest</Code>');
    expect(await put('short')).toContain('<Code>InvalidDigest</Code>');
  });

  it('lets anybody read where it is told so, and nobody write', async () => {
    const emulator = await emulate({ s3: { publicRead: true } });
    const url = address(emulator);
    await curl(...signed(emulator), '--upload-file', file, url);
    expect(await curl(url)).toBe('twelve bytes');
    expect(await curl('--upload-file', file, url)).toContain('<Code>AccessDenied</Code>');
    expect(await curl('--request', 'DELETE', url)).toContain('<Code>AccessDenied</Code>');
  });

  it('says what it does not do', async () => {
    const emulator = await emulate();
    const { endpoint, bucket } = emulator.s3;
    expect(await curl(...signed(emulator), `${address(emulator)}?acl=`)).toContain('<Code>NotImplemented</Code>');
    expect(await curl(...signed(emulator), `${endpoint}/${bucket}?versioning=`)).toContain(
      '<Code>NotImplemented</Code>',
    );
  });
});
