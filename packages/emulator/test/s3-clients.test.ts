import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { missingPrograms } from '@sluice/test-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emulator } from '../src/index.js';
import { connect } from './s3-cases/store.js';
import { emulate } from './support.js';

const runFile = promisify(execFile);
const SIZE = 12_000_000;
const BYTES = randomBytes(SIZE);

const missingRclone = await missingPrograms({ programs: ['rclone'], packages: ['rclone'] });
const missingS3cmd = await missingPrograms({ programs: ['s3cmd'], packages: ['s3cmd'] });

let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  file = join(folder, 'clip.bin');
  await writeFile(file, BYTES);
});

afterAll(() => rm(folder, { recursive: true }));

function titled(name: string, missing: string | undefined): string {
  return missing === undefined ? name : `${name} (${missing})`;
}

describe('the AWS SDK’s own uploader', () => {
  it('uploads a stream in parts, with its checksums', async () => {
    const { s3 } = await emulate();
    const client = connect(s3, { requestChecksumCalculation: 'WHEN_SUPPORTED' });
    const place = { Bucket: s3.bucket, Key: 'by lib-storage' };
    const params = { ...place, Body: createReadStream(file), ContentType: 'video/mp4' };
    const { ETag } = await new Upload({ client, params, partSize: 5 * 1024 * 1024, queueSize: 3 }).done();
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    const got = await client.send(new GetObjectCommand(place));
    const hash = createHash('sha256');
    hash.update((await got.Body?.transformToByteArray()) ?? '');
    expect(hash.digest('hex')).toBe(createHash('sha256').update(BYTES).digest('hex'));
    expect(got).toMatchObject({ ETag, ContentType: 'video/mp4', ContentLength: SIZE });
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: s3.bucket }));
    expect(Contents).toMatchObject([{ Key: 'by lib-storage', Size: SIZE, ETag }]);
    client.destroy();
  });

  it('aborts what it cannot end', async () => {
    const emulator = await emulate();
    const client = connect(emulator.s3);
    const params = { Bucket: emulator.s3.bucket, Key: 'aborted', Body: createReadStream(file) };
    const upload = new Upload({ client, params, partSize: 5 * 1024 * 1024 });
    upload.on('httpUploadProgress', () => void upload.abort());
    await expect(upload.done()).rejects.toThrow('aborted');
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: emulator.s3.bucket }));
    expect(Contents).toBeUndefined();
    client.destroy();
  });
});

describe.skipIf(missingRclone !== undefined)(titled('rclone', missingRclone), () => {
  async function rclone({ s3 }: Emulator, ...parameters: string[]): Promise<string> {
    const settings = {
      type: 's3',
      provider: 'Other',
      endpoint: s3.endpoint,
      region: s3.region,
      access_key_id: s3.accessKeyId,
      secret_access_key: s3.secretAccessKey,
    };
    const named = Object.entries(settings).map(([name, value]) => [`RCLONE_CONFIG_E_${name.toUpperCase()}`, value]);
    // It can't read a bundle of certificates, and needs none here.
    const { AWS_CA_BUNDLE: _, ...inherited } = process.env;
    const env = { ...inherited, ...Object.fromEntries(named), RCLONE_CONFIG: '/dev/null' };
    const { stdout } = await runFile('rclone', parameters, { env });
    return stdout;
  }

  it.each([
    ['in one piece', []],
    ['in parts', ['--s3-upload-cutoff', '5M', '--s3-chunk-size', '5M']],
  ])('copies %s, compares, lists and deletes', async (_name, how) => {
    const emulator = await emulate();
    const place = `e:${emulator.s3.bucket}/a folder`;
    await rclone(emulator, 'copy', file, place, ...how);
    expect((await rclone(emulator, 'ls', `e:${emulator.s3.bucket}`)).trim()).toBe(`${SIZE} a folder/clip.bin`);
    await rclone(emulator, 'check', '--download', '--include', 'clip.bin', folder, place);
    await rclone(emulator, 'delete', place);
    expect(await rclone(emulator, 'ls', `e:${emulator.s3.bucket}`)).toBe('');
  });
});

describe.skipIf(missingS3cmd !== undefined)(titled('s3cmd', missingS3cmd), () => {
  async function s3cmd({ s3 }: Emulator, ...parameters: string[]): Promise<string> {
    const { host } = new URL(s3.endpoint);
    const account = [`--access_key=${s3.accessKeyId}`, `--secret_key=${s3.secretAccessKey}`, `--region=${s3.region}`];
    const where = [`--host=${host}`, `--host-bucket=${host}`, '--no-ssl', '--config=/dev/null'];
    const { stdout } = await runFile('s3cmd', [...where, ...account, ...parameters]);
    return stdout;
  }

  it('puts in parts, lists, gets back and deletes', async () => {
    const emulator = await emulate();
    const place = `s3://${emulator.s3.bucket}/b/clip.bin`;
    await s3cmd(emulator, 'put', '--multipart-chunk-size-mb=5', file, place);
    expect(await s3cmd(emulator, 'ls', '--recursive', `s3://${emulator.s3.bucket}`)).toContain(` ${SIZE}  ${place}`);
    await s3cmd(emulator, 'get', place, join(folder, 'back'));
    expect((await readFile(join(folder, 'back'))).equals(BYTES)).toBe(true);
    await s3cmd(emulator, 'del', place);
    expect(await s3cmd(emulator, 'ls', '--recursive', `s3://${emulator.s3.bucket}`)).toBe('');
  });
});
