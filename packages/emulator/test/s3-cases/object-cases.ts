import { createHash, randomBytes } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ask, connect, newKey, outcome, type S3Case, type S3Store, send } from './store.js';

function put({ client, bucket }: S3Store, more: object = {}) {
  return client.send(new PutObjectCommand({ Bucket: bucket, Key: newKey(), Body: 'some bytes', ...more }));
}

async function putAs(store: S3Store, config: S3ClientConfig = {}): Promise<string> {
  const client = connect(store, config);
  const seen = await outcome(put({ ...store, client }));
  client.destroy();
  return seen;
}

/** A presigned PUT. @param age how many seconds ago it was signed */
async function presignPut({ client, bucket }: S3Store, key: string, age = 0): Promise<URL> {
  const command = new PutObjectCommand({ Bucket: bucket, Key: key });
  return new URL(
    await getSignedUrl(client, command, { expiresIn: 60, signingDate: new Date(Date.now() - age * 1000) }),
  );
}

async function tampered(store: S3Store, tamper: (url: URL) => void): Promise<string> {
  const url = await presignPut(store, newKey());
  tamper(url);
  return ask({ method: 'PUT', url: url.href, body: 'bytes' });
}

async function readRange({ client, bucket }: S3Store, Range: string): Promise<string> {
  const Key = newKey();
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: '0123456789' }));
  try {
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key, Range }));
    return `${got.$metadata.httpStatusCode} ${got.ContentRange} ${await got.Body?.transformToString()}`;
  } catch {
    return outcome(client.send(new GetObjectCommand({ Bucket: bucket, Key, Range })));
  }
}

/** Objects: put, get, ranges, digests, lengths, signatures, expiry. */
export const objectCases: S3Case[] = [
  {
    name: 'gives back what was put, under the MD5 of it',
    run: async ({ client, bucket }) => {
      const [Key, Body] = [newKey(' ünusual & signs+.mp4'), randomBytes(3_000_000)];
      const { ETag } = await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'video/mp4' }));
      const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
      const isMd5 = ETag === `"${createHash('md5').update(Body).digest('hex')}"` && got.ETag === ETag;
      return { isSame: bytes.equals(Body), isMd5, type: got.ContentType, length: got.ContentLength };
    },
    seen: { isSame: true, isMd5: true, type: 'video/mp4', length: 3_000_000 },
  },
  {
    name: 'forgets what was deleted, and knows of nothing that was not put',
    run: async (store) => {
      const { client, bucket } = store;
      const place = { Bucket: bucket, Key: newKey() };
      await client.send(new PutObjectCommand({ ...place, Body: 'x' }));
      const deleted = await outcome(client.send(new DeleteObjectCommand(place)));
      const again = await outcome(client.send(new DeleteObjectCommand(place)));
      const got = await outcome(client.send(new GetObjectCommand(place)));
      return [deleted, again, got, await outcome(client.send(new HeadObjectCommand(place)))];
    },
    seen: ['204', '204', '404 NoSuchKey', '404 NotFound'],
  },
  { name: 'reads a range', run: (store) => readRange(store, 'bytes=2-4'), seen: '206 bytes 2-4/10 234' },
  { name: 'reads from an offset', run: (store) => readRange(store, 'bytes=8-'), seen: '206 bytes 8-9/10 89' },
  { name: 'reads the end', run: (store) => readRange(store, 'bytes=-3'), seen: '206 bytes 7-9/10 789' },
  { name: 'cuts a range at the end', run: (store) => readRange(store, 'bytes=9-99'), seen: '206 bytes 9-9/10 9' },
  { name: 'refuses a range beyond the end', run: (store) => readRange(store, 'bytes=10-'), seen: '416 InvalidRange' },
  {
    name: 'refuses a wrong secret',
    run: (store) => putAs({ ...store, secretAccessKey: 'x' }),
    seen: '403 SignatureDoesNotMatch',
  },
  {
    name: 'refuses an unknown key',
    run: (store) => putAs({ ...store, accessKeyId: 'X' }),
    seen: '403 InvalidAccessKeyId',
  },
  {
    name: 'refuses a clock that is wrong by more than 15 minutes',
    run: (store) => putAs(store, { systemClockOffset: -16 * 60_000 }),
    seen: '403 RequestTimeTooSkewed',
  },
  {
    name: 'refuses who doesn’t sign',
    run: ({ endpoint, bucket }) => ask({ method: 'PUT', url: `${endpoint}/${bucket}/key`, body: 'x' }),
    seen: '403 AccessDenied',
  },
  {
    name: 'takes a presigned PUT from anybody, once and again',
    run: async (store) => {
      const url = (await presignPut(store, newKey())).href;
      const first = await send({ method: 'PUT', url, body: 'bytes' });
      const second = await send({ method: 'PUT', url, body: 'bytes' });
      return [first.status, second.status, first.headers.etag === second.headers.etag, first.headers.etag];
    },
    seen: [200, 200, true, '"4b3a6218bb3e3a7303e8a171a60fcf92"'],
  },
  {
    name: 'refuses an expired presigned PUT',
    run: async (store) => ask({ method: 'PUT', url: (await presignPut(store, newKey(), 61)).href, body: 'x' }),
    seen: '403 AccessDenied',
  },
  {
    name: 'refuses a presigned URL with a longer life than was signed',
    run: (store) => tampered(store, (url) => url.searchParams.set('X-Amz-Expires', '600')),
    seen: '403 SignatureDoesNotMatch',
  },
  {
    name: 'refuses a presigned URL for another key',
    run: (store) => tampered(store, (url) => (url.pathname += 'x')),
    seen: '403 SignatureDoesNotMatch',
  },
  {
    name: 'refuses a presigned URL with a parameter more',
    run: (store) => tampered(store, (url) => url.searchParams.set('x-amz-acl', 'public-read')),
    seen: '403 SignatureDoesNotMatch',
  },
  {
    name: 'refuses a presigned URL with another method',
    run: async (store) => ask({ method: 'GET', url: (await presignPut(store, newKey())).href }),
    seen: '403 SignatureDoesNotMatch',
  },
  {
    name: 'refuses a PUT that doesn’t say how long it is',
    run: async (store) =>
      ask({ method: 'PUT', url: (await presignPut(store, newKey())).href, body: 'bytes', sendLength: false }),
    seen: '411 MissingContentLength',
  },
  {
    name: 'refuses bytes that are not those of their Content-MD5',
    run: (store) => outcome(put(store, { ContentMD5: createHash('md5').update('others').digest('base64') })),
    seen: '400 BadDigest',
  },
  {
    name: 'refuses a Content-MD5 that is none',
    run: (store) => outcome(put(store, { ContentMD5: 'bm9uZQ==' })),
    seen: '400 InvalidDigest',
  },
  {
    name: 'keeps nothing of what it refuses',
    run: async (store) => {
      const Key = newKey();
      await outcome(put(store, { Key, ContentMD5: createHash('md5').update('others').digest('base64') }));
      return outcome(store.client.send(new GetObjectCommand({ Bucket: store.bucket, Key })));
    },
    seen: '404 NoSuchKey',
  },
  {
    name: 'tells a client that asks first whether its body may come',
    run: async (store) => {
      const headers = { expect: '100-continue' };
      const url = (await presignPut(store, newKey())).href;
      const taken = await send({ method: 'PUT', url, headers, body: 'bytes' });
      const expired = (await presignPut(store, newKey(), 61)).href;
      const refused = await send({ method: 'PUT', url: expired, headers, body: 'bytes' });
      return [taken.status, taken.continued, refused.status, refused.continued];
    },
    seen: [200, true, 403, false],
  },
  {
    name: 'knows no bucket that isn’t there',
    run: (store) => outcome(put(store, { Bucket: 'another-bucket' })),
    seen: '404 NoSuchBucket',
  },
];
