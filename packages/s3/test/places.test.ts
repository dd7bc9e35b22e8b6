import { isSourceFactory, isStagingFactory, SluiceError } from '@sluice/core/adapter';
import { describe, expect, it } from 'vitest';
import { s3, s3Staging } from '../src/index.js';
import { partSizeFor } from '../src/part-size.js';
import { readPlace, regionOf } from '../src/place.js';
import { sourceContext } from './support.js';

describe('where an object is', () => {
  it.each([
    ['s3.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['s3.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['s3.dualstack.ap-southeast-2.amazonaws.com', 'ap-southeast-2'],
    ['s3.amazonaws.com', 'us-east-1'],
    ['0123456789abcdef.r2.cloudflarestorage.com', 'auto'],
    ['s3.us-west-004.backblazeb2.com', 'us-west-004'],
    ['fra1.digitaloceanspaces.com', 'us-east-1'],
    ['ceph.example:7480', 'us-east-1'],
  ])('%s is in the region %s', (host, region) => {
    expect(regionOf(host)).toBe(region);
  });

  it('is read from its URL, whatever its parts hold', () => {
    expect(readPlace('s3://AK%2FID:s%2Bec%3Aret@r2.example:8443/bucket/a%20folder/50%25/x%23y.mp4')).toEqual({
      host: 'r2.example:8443',
      bucket: 'bucket',
      key: 'a folder/50%/x#y.mp4',
      keys: { accessKeyId: 'AK/ID', secretAccessKey: 's+ec:ret' },
    });
    expect(readPlace('s3://host.example/bucket/100%.mp4')).toEqual({
      host: 'host.example',
      bucket: 'bucket',
      key: '100%.mp4',
    });
  });

  it.each([
    's3://host/bucket',
    's3://host/bucket/',
    's3://host/',
    's3://host/bucket/key?x=1',
    's3://key@host/bucket/key',
  ])('%s is refused', async (url) => {
    const looking = async () => s3().look(url, sourceContext());
    await expect(looking()).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('is signed for AWS with its region and without the secret', async () => {
    const url = 's3://AKID:secret@s3.eu-west-1.amazonaws.com/bucket/clip.mp4';
    const signed = new URL((await s3().presign?.(url, { expiresInMs: 3_600_000 })) ?? '');
    expect(signed.origin + signed.pathname).toBe('https://s3.eu-west-1.amazonaws.com/bucket/clip.mp4');
    expect(signed.searchParams.get('X-Amz-Credential')).toMatch(/^AKID\/\d+\/eu-west-1\/s3\/aws4_request$/);
    expect(signed.href).not.toContain('secret');
  });

  it('cannot be signed without keys', async () => {
    const signing = s3().presign?.('s3://host.example/bucket/clip.mp4', { expiresInMs: 1_000 });
    await expect(signing).rejects.toMatchObject({ code: 'auth' });
  });

  it('is reached under the guard: the refusal is passed on', async () => {
    const refusal = new SluiceError({ code: 'source-unreachable', retry: 'never', message: 'host.example is private' });
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause: refusal });
    };
    const looking = s3().look('s3://a:b@host.example/bucket/clip.mp4', sourceContext({ fetch, read: fetch }));
    await expect(looking).rejects.toBe(refusal);
  });
});

describe('settings', () => {
  const keys = { accessKeyId: 'a', secretAccessKey: 'b', bucket: 'c' };

  it.each([
    ['unknown', { ...keys, endpoint: 'https://s3.example', color: 'red' }],
    ['no region and no endpoint', keys],
    ['an endpoint that is no http URL', { ...keys, endpoint: 'ftp://s3.example' }],
  ])('%s are refused', (_what, settings) => {
    expect(() => s3Staging(settings)).toThrow();
  });

  it('name a region of AWS in place of an endpoint', () => {
    expect(s3Staging({ ...keys, region: 'eu-west-1' }).place).toBe('s3://s3.eu-west-1.amazonaws.com/c/sluice-staging/');
  });

  it('are found by core', () => {
    expect([isSourceFactory(s3), isStagingFactory(s3Staging)]).toEqual([true, true]);
  });
});

describe('the size of a part', () => {
  const gibibyte = 1024 ** 3;
  it.each([
    [0, 16 * 1024 ** 2],
    [gibibyte, 16 * 1024 ** 2],
    [156 * gibibyte, 16 * 1024 ** 2],
    [200 * gibibyte, 21 * 1024 ** 2],
    [5 * 1024 * gibibyte, 525 * 1024 ** 2],
  ])('of %i bytes is %i', (size, expected) => {
    expect(partSizeFor(size)).toBe(expected);
    expect(Math.ceil(size / expected)).toBeLessThanOrEqual(10_000);
  });
});
