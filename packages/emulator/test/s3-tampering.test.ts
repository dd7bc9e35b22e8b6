import { once } from 'node:events';
import { request } from 'node:http';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../src/index.js';
import { emulate } from './support.js';

let emulator: Emulator;
let client: S3Client;

beforeEach(async () => {
  emulator = await emulate();
  const { endpoint, region, accessKeyId, secretAccessKey } = emulator.s3;
  client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
});

afterEach(() => client.destroy());

/** The status and S3's code. */
async function ask(url: URL, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, init);
  const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(await response.text()) ?? [];
  return `${response.status} ${code}`;
}

describe('a presigned URL that was tampered with', () => {
  const tampers: [string, (url: URL) => void, string][] = [
    ['another key', (url) => (url.pathname += 'x'), '403 SignatureDoesNotMatch'],
    ['a longer life', (url) => url.searchParams.set('X-Amz-Expires', '604800'), '403 SignatureDoesNotMatch'],
    [
      'too long a life',
      (url) => url.searchParams.set('X-Amz-Expires', '604801'),
      '400 AuthorizationQueryParametersError',
    ],
    ['an added parameter', (url) => url.searchParams.set('x-amz-acl', 'public-read'), '403 SignatureDoesNotMatch'],
    [
      'another date',
      (url) => url.searchParams.set('X-Amz-Date', '20200101T000000Z'),
      '400 AuthorizationHeaderMalformed',
    ],
    [
      'a date that is none',
      (url) => url.searchParams.set('X-Amz-Date', 'today'),
      '400 AuthorizationQueryParametersError',
    ],
    [
      'another algorithm',
      (url) => url.searchParams.set('X-Amz-Algorithm', 'AWS5'),
      '400 AuthorizationQueryParametersError',
    ],
    [
      'another signature',
      (url) => url.searchParams.set('X-Amz-Signature', 'a'.repeat(64)),
      '403 SignatureDoesNotMatch',
    ],
    ['no signature', (url) => url.searchParams.delete('X-Amz-Signature'), '400 AuthorizationQueryParametersError'],
    ['nothing left of it', (url) => (url.search = ''), '403 AccessDenied'],
    ['nothing changed', () => {}, '404 NoSuchKey'],
  ];

  it.each(tampers)('%s', async (_name, tamper, outcome) => {
    const command = new GetObjectCommand({ Bucket: emulator.s3.bucket, Key: 'k' });
    const url = new URL(await getSignedUrl(client, command, { expiresIn: 60 }));
    tamper(url);
    expect(await ask(url)).toBe(outcome);
  });

  it('another method, or a header of S3’s that was not signed', async () => {
    const command = new GetObjectCommand({ Bucket: emulator.s3.bucket, Key: 'k' });
    const url = new URL(await getSignedUrl(client, command, { expiresIn: 60 }));
    expect(await ask(url, { method: 'DELETE' })).toBe('403 SignatureDoesNotMatch');
    expect(await ask(url, { headers: { 'x-amz-meta-a': 'b' } })).toBe('403 AccessDenied');
  });
});

describe('a signed request that was tampered with', () => {
  /** Puts an object, changing the request's headers after the SDK has signed it. */
  async function put(changes: Record<string, string>): Promise<string> {
    client.middlewareStack.add(
      (next) => (step) => {
        const headers: unknown = Reflect.get(Object(step.request), 'headers');
        Object.assign(Object(headers), changes);
        return next(step);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    );
    const Metadata = { colour: 'blue' };
    return client
      .send(new PutObjectCommand({ Bucket: emulator.s3.bucket, Key: 'k', Body: 'x', Metadata }))
      .then(() => 'kept')
      .catch((error: Error) => error.name);
  }

  it.each([
    ['a changed header', { 'x-amz-meta-colour': 'red' }, 'SignatureDoesNotMatch'],
    ['an added header', { 'x-amz-meta-size': '1' }, 'AccessDenied'],
    ['another body’s hash', { 'x-amz-content-sha256': '0'.repeat(64) }, 'SignatureDoesNotMatch'],
    ['an authorization that is none', { authorization: 'AWS4-HMAC-SHA256 hello' }, 'AuthorizationHeaderMalformed'],
    ['another scheme', { authorization: 'Basic YTpi' }, 'AuthorizationHeaderMalformed'],
    ['a date that is none', { 'x-amz-date': 'today' }, 'AccessDenied'],
    ['nothing changed', {}, 'kept'],
  ])('%s', async (_name, changes, code) => {
    expect(await put(changes)).toBe(code);
  });
});

describe('the S3 face', () => {
  it('refuses what it cannot read', async () => {
    const { endpoint, bucket } = emulator.s3;
    expect(await ask(new URL(`${endpoint}/${bucket}/%zz`))).toBe('400 InvalidURI');
    expect(await ask(new URL(`${endpoint}/${bucket}/${'k'.repeat(1025)}`))).toBe('400 KeyTooLongError');
    expect(await ask(new URL(endpoint))).toBe('403 AccessDenied');
  });

  it('keeps nothing of a put that breaks off', async () => {
    const place = { Bucket: emulator.s3.bucket, Key: 'k' };
    await client.send(new PutObjectCommand({ ...place, Body: 'whole' }));
    const url = await getSignedUrl(client, new PutObjectCommand(place), { expiresIn: 60 });
    const broken = request(url, { method: 'PUT', headers: { 'content-length': '5000000' } });
    const ended = once(broken, 'error');
    broken.write(Buffer.alloc(100_000), () => broken.destroy());
    await ended;
    const got = await client.send(new GetObjectCommand(place));
    expect(await got.Body?.transformToString()).toBe('whole');
  });
});
