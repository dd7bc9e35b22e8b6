import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../src/index.js';
import { emulate } from './support.js';

const clients: S3Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

function connect({ s3 }: Emulator, config: S3ClientConfig = {}): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1, ...config });
  clients.push(client);
  return client;
}

describe('the S3 face, judged by the AWS SDK', () => {
  it('keeps an object and gives it back whole, with its type, its metadata and its ETag', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    const Bucket = emulator.s3.bucket;
    const Key = 'folder/a key, with ünusual signs & spaces+plus.mp4';
    const Body = randomBytes(300_000);
    const put = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body,
        ContentType: 'video/mp4',
        Metadata: { origin: 'test' },
        CacheControl: 'no-store',
      }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    const bytes = await got.Body?.transformToByteArray();
    expect(Buffer.from(bytes ?? []).equals(Body)).toBe(true);
    const etag = `"${createHash('md5').update(Body).digest('hex')}"`;
    expect(put.ETag).toBe(etag);
    expect(got).toMatchObject({
      ETag: etag,
      ContentType: 'video/mp4',
      ContentLength: 300_000,
      CacheControl: 'no-store',
    });
    expect(got.Metadata).toEqual({ origin: 'test' });
    expect(got.ChecksumCRC32).toBe(put.ChecksumCRC32);
    expect(got.ChecksumCRC32).toBeTypeOf('string');
  });

  it('decodes a streamed put, which comes in chunks with its checksum in the trailer', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    const Bucket = emulator.s3.bucket;
    const pieces = [randomBytes(10), randomBytes(200_000), randomBytes(1)];
    const Body = Readable.from(pieces, { objectMode: false });
    await s3.send(new PutObjectCommand({ Bucket, Key: 'streamed', Body, ContentLength: 200_011 }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'streamed' }));
    expect(got.ContentLength).toBe(200_011);
    expect(got.ContentEncoding).toBeUndefined();
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Buffer.concat(pieces))).toBe(true);
  });

  it.each(['CRC32', 'SHA1', 'SHA256'] as const)('checks and returns a %s checksum', async (ChecksumAlgorithm) => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    const Bucket = emulator.s3.bucket;
    const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'some text', ChecksumAlgorithm }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
    expect(head[`Checksum${ChecksumAlgorithm}`]).toBe(put[`Checksum${ChecksumAlgorithm}`]);
    expect(head[`Checksum${ChecksumAlgorithm}`]).toBeTypeOf('string');
  });

  it('serves ranges, and refuses the one that lies beyond the end', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    const Bucket = emulator.s3.bucket;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'ten', Body: '0123456789' }));
    const read = async (Range: string) => {
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'ten', Range }));
      return `${got.ContentRange} ${await got.Body?.transformToString()}`;
    };
    expect(await read('bytes=2-4')).toBe('bytes 2-4/10 234');
    expect(await read('bytes=8-')).toBe('bytes 8-9/10 89');
    expect(await read('bytes=-3')).toBe('bytes 7-9/10 789');
    await expect(read('bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('heads and deletes, and deletes what is not there', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    const place = { Bucket: emulator.s3.bucket, Key: 'here' };
    await s3.send(new PutObjectCommand({ ...place, Body: 'x' }));
    expect(await s3.send(new HeadObjectCommand(place))).toMatchObject({ ContentLength: 1 });
    await s3.send(new DeleteObjectCommand(place));
    await s3.send(new DeleteObjectCommand(place));
    await expect(s3.send(new HeadObjectCommand(place))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(s3.send(new GetObjectCommand(place))).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('replaces an object', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    const place = { Bucket: emulator.s3.bucket, Key: 'same' };
    await Promise.all(['first', 'second'].map((Body) => s3.send(new PutObjectCommand({ ...place, Body }))));
    await s3.send(new PutObjectCommand({ ...place, Body: 'third' }));
    const got = await s3.send(new GetObjectCommand(place));
    expect(await got.Body?.transformToString()).toBe('third');
  });

  it('makes buckets, and knows which ones there are', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'another' }))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(s3.send(new PutObjectCommand({ Bucket: 'another', Key: 'k', Body: 'x' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await s3.send(new CreateBucketCommand({ Bucket: 'another' }));
    await s3.send(new HeadBucketCommand({ Bucket: 'another' }));
    await expect(s3.send(new CreateBucketCommand({ Bucket: 'another' }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
    await expect(s3.send(new CreateBucketCommand({ Bucket: 'NotABucket' }))).rejects.toMatchObject({
      name: 'InvalidBucketName',
    });
  });

  it('takes presigned URLs for put and get from anybody', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator, { requestChecksumCalculation: 'WHEN_REQUIRED' });
    const place = { Bucket: emulator.s3.bucket, Key: 'signed for you/clip.mp4' };
    const putUrl = await getSignedUrl(s3, new PutObjectCommand(place), { expiresIn: 60 });
    const put = await fetch(putUrl, { method: 'PUT', body: 'bytes' });
    expect(put.status).toBe(200);
    const getUrl = await getSignedUrl(s3, new GetObjectCommand(place), { expiresIn: 60 });
    const got = await fetch(getUrl, { headers: { range: 'bytes=1-2' } });
    expect(got.status).toBe(206);
    expect(await got.text()).toBe('yt');
    const head = await fetch(getUrl, { method: 'HEAD' });
    expect(head.status).toBe(403);
  });

  it('refuses a presigned put with the checksum of an empty body', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    const place = { Bucket: emulator.s3.bucket, Key: 'k' };
    const url = await getSignedUrl(s3, new PutObjectCommand(place), { expiresIn: 60 });
    expect(url).toContain('x-amz-checksum-crc32=AAAAAA');
    const put = await fetch(url, { method: 'PUT', body: 'bytes' });
    expect(put.status).toBe(400);
    expect(await put.text()).toContain('<Code>BadDigest</Code>');
  });

  it('refuses an expired and a not yet valid presigned URL', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    const command = new GetObjectCommand({ Bucket: emulator.s3.bucket, Key: 'k' });
    for (const [offset, message] of [
      [-120_000, 'Request has expired'],
      [3_600_000, 'Request is not yet valid'],
    ] as const) {
      const signingDate = new Date(Date.now() + offset);
      const response = await fetch(await getSignedUrl(s3, command, { expiresIn: 60, signingDate }));
      expect(response.status).toBe(403);
      expect(await response.text()).toMatch(new RegExp(`<Code>AccessDenied</Code><Message>${message}`));
    }
  });

  it('refuses a wrong secret, an unknown key, a wrong region and a wrong clock, each by its own name', async () => {
    const emulator = await emulate();
    const { accessKeyId, secretAccessKey, bucket } = emulator.s3;
    const put = (config: S3ClientConfig) =>
      connect(emulator, config).send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'x' }));
    await expect(put({ credentials: { accessKeyId, secretAccessKey: 'wrong' } })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(put({ credentials: { accessKeyId: 'WRONG', secretAccessKey } })).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    });
    await expect(put({ region: 'eu-west-1' })).rejects.toMatchObject({ name: 'AuthorizationHeaderMalformed' });
    await expect(put({ systemClockOffset: -16 * 60_000 })).rejects.toMatchObject({
      name: 'RequestTimeTooSkewed',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('honours If-Match and If-None-Match', async () => {
    const emulator = await emulate();
    const s3 = connect(emulator);
    const place = { Bucket: emulator.s3.bucket, Key: 'k' };
    const { ETag = '' } = await s3.send(new PutObjectCommand({ ...place, Body: 'x' }));
    await s3.send(new GetObjectCommand({ ...place, IfMatch: ETag }));
    await expect(s3.send(new GetObjectCommand({ ...place, IfMatch: '"other"' }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await expect(s3.send(new GetObjectCommand({ ...place, IfNoneMatch: ETag }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
  });
});
