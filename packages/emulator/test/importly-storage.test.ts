import { createHash } from 'node:crypto';
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { storageKey } from '../src/importly/storage-key.js';
import type { Emulator } from '../src/index.js';
import { emulate, finish, resultOf, sample, start } from './support.js';

async function withS3<Result>({ s3 }: Emulator, use: (client: S3Client) => Promise<Result>): Promise<Result> {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

describe('the naming table of the S3 Storage page', () => {
  const title = 'Rick Astley - Never Gonna Give You Up';
  const film = { title, extension: 'mp4', prefix: '' };

  it.each([
    ['both parameters', { storagePath: 'videos/2024', storageFilename: 'my-video' }, 'videos/2024/my-video.mp4'],
    ['only the folder path', { storagePath: 'videos/2024' }, `videos/2024/${title}.mp4`],
    ['only the filename', { storageFilename: 'my-video' }, 'my-video.mp4'],
    ['neither', {}, `${title}.mp4`],
  ])('%s', (_name, parameters, key) => {
    expect(storageKey({ ...film, ...parameters })).toBe(key);
  });

  it.each([
    ['only the filename', { storageFilename: 'my-video' }, 'imports/my-video.mp4'],
    ['neither', {}, `imports/${title}.mp4`],
    ['a folder path', { storagePath: '/videos/' }, `videos/${title}.mp4`],
  ])('with a default path prefix: %s', (_name, parameters, key) => {
    expect(storageKey({ ...film, prefix: 'imports', ...parameters })).toBe(key);
  });

  it('lets a title make no folders', () => {
    expect(storageKey({ ...film, title: 'AC/DC - T.N.T' })).toBe('AC-DC - T.N.T.mp4');
  });
});

describe('an import with store: true', () => {
  it('lies in the user’s bucket, where the answer says', async () => {
    const emulator = await emulate();
    const request = { store: true, storagePath: 'videos/2024', storageClass: 'INTELLIGENT_TIERING' };
    const data = await finish(emulator, await start(emulator, { url: sample(emulator), ...request }));
    const { endpoint, bucket } = emulator.s3;
    const s3Storage = {
      url: `${endpoint}/${bucket}/videos/2024/Sluice%20sample.mp4`,
      bucket,
      key: 'videos/2024/Sluice sample.mp4',
    };
    expect(resultOf(data)).toMatchObject({
      mediaUrl: s3Storage.url,
      s3Storage,
      message: 'Import completed successfully and uploaded to S3',
    });
    await withS3(emulator, async (client) => {
      const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: s3Storage.key }));
      const bytes = (await got.Body?.transformToByteArray()) ?? new Uint8Array();
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(emulator.media.files[0]?.sha256);
      expect(got).toMatchObject({ ContentType: 'video/mp4', StorageClass: 'INTELLIGENT_TIERING' });
    });
  });

  it('goes to another bucket and by the default prefix', async () => {
    const emulator = await emulate({ importly: { storage: { prefix: 'imports' } } });
    await withS3(emulator, (client) => client.send(new CreateBucketCommand({ Bucket: 'my-other-bucket' })));
    const request = { store: true, storageBucket: 'my-other-bucket', storageFilename: 'my-tone', includeVideo: false };
    const data = await finish(emulator, await start(emulator, { url: sample(emulator, 'tone.m4a'), ...request }));
    expect(resultOf(data).s3Storage).toMatchObject({ bucket: 'my-other-bucket', key: 'imports/my-tone.m4a' });
  });

  it('returns the location only where it is wanted', async () => {
    const emulator = await emulate();
    const request = { store: true, storageReturnLocation: false };
    const id = await start(emulator, { url: sample(emulator), ...request });
    const { mediaUrl, s3Storage } = resultOf(await finish(emulator, id));
    expect(s3Storage).toBeUndefined();
    expect(mediaUrl).toBe(`${emulator.importly.baseUrl}/storage/${id}/video.mp4`);
    expect(emulator.importly.imports()[0]?.stored).toMatchObject({ key: 'Sluice sample.mp4' });
  });

  it.each([
    ['the bucket is missing', {}, { storageBucket: 'no-such-bucket' }],
    ['the credentials are wrong', { storage: { secretAccessKey: 'wrong' } }, {}],
    ['no bucket is set up', { storage: 'none' as const }, {}],
    ['the store does not answer', { storage: { endpoint: 'http://127.0.0.1:9' } }, {}],
  ])('completes with an ordinary mediaUrl and no word of it when %s', async (_name, importly, request) => {
    const emulator = await emulate({ importly });
    const id = await start(emulator, { url: sample(emulator), store: true, ...request });
    const { mediaUrl, s3Storage, message } = resultOf(await finish(emulator, id));
    expect([s3Storage, message]).toEqual([undefined, 'Import completed successfully']);
    expect((await fetch(String(mediaUrl))).status).toBe(200);
    expect(emulator.importly.imports()[0]?.storeError).toBeTypeOf('string');
  });

  it('fails to be stored by a fault, as silently', async () => {
    const emulator = await emulate({ faults: [{ on: 'store', kind: 'storage-silent-failure', times: 1 }] });
    const stored = async () => {
      const data = await finish(emulator, await start(emulator, { url: sample(emulator), store: true }));
      return resultOf(data).s3Storage !== undefined;
    };
    expect([await stored(), await stored()]).toEqual([false, true]);
  });
});
