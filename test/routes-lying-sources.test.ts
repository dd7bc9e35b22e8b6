import { randomBytes } from 'node:crypto';
import { createSluice, type Sluice, SluiceError } from '@sluice/core';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { firework } from '@sluice/firework';
import { importly } from '@sluice/importly';
import { s3Staging } from '@sluice/s3';
import { startUnrulyHttp, type UnrulyFile, type UnrulyHttp } from '@sluice/test-servers';
import { twelvelabs } from '@sluice/twelvelabs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keysIn, openUploadsIn } from './routes/servers.js';

const mebibyte = 1024 * 1024;
const bytes = randomBytes(12 * mebibyte);
const longer = Buffer.concat([bytes, randomBytes(1_000)]);
const shorter = bytes.subarray(0, 9 * mebibyte);

/** Ways in which a source is not what it says. */
const liars: [string, UnrulyFile][] = [
  ['shrinks while it is read', { bytes, etag: '"a"', becomes: shorter }],
  ['ends early, and has become shorter', { bytes, ranges: false, truncatedAt: 6 * mebibyte, becomes: shorter }],
  ['is longer than it said before', { bytes, headLength: shorter.byteLength }],
  ['is shorter than it said before', { bytes: shorter, headLength: bytes.byteLength }],
  ['goes on after what it said', { bytes: longer, headLength: bytes.byteLength, length: 'untold', ranges: false }],
];

let emulator: Emulator;
let server: UnrulyHttp;
let sluice: Sluice;

beforeEach(async () => {
  server = await startUnrulyHttp();
  emulator = await startEmulator({
    importly: { limits: 'none' },
    firework: { limits: 'none' },
    twelvelabs: { processingMs: 0 },
  });
  const { importly: one, firework: two, twelvelabs: three, s3 } = emulator;
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const shop = { clientId: two.clientId, clientSecret: two.clientSecret, channelId: two.channelId };
  sluice = createSluice({
    providers: {
      staged: importly({ apiKey: one.apiKey, baseUrl: one.baseUrl }),
      parts: firework({ ...shop, baseUrl: two.baseUrl, multipartFromBytes: 8 * mebibyte }),
      form: firework({ ...shop, baseUrl: two.baseUrl }),
      atOnce: twelvelabs({ apiKey: three.apiKey, indexId: three.indexId, baseUrl: three.baseUrl }),
    },
    staging: s3Staging({ endpoint, region, bucket, accessKeyId, secretAccessKey }),
    network: { allowPrivateAddresses: true },
  });
});

afterEach(async () => {
  await sluice.close();
  await emulator.close();
  await server.stop();
});

describe.each([
  ['staged', 'stage'],
  ['parts', 'relay'],
  ['form', 'relay'],
  ['atOnce', 'relay'],
] as const)('brought to the provider "%s" by %s', { timeout: 60_000 }, (provider, route) => {
  test.each(liars)('a source that %s is an error of integrity, and nothing is created', async (_what, file) => {
    server.files.set('/film.mp4', { ...file });
    const job = await sluice.import({ source: `${server.url}/film.mp4`, provider, route });
    const error = await job.wait().catch((thrown: unknown) => thrown);
    expect(SluiceError.is(error) ? error.toJSON() : error).toMatchObject({ code: 'integrity', retry: 'later' });
    expect(created()).toEqual([]);
    expect(await keysIn(emulator.s3, emulator.s3.bucket)).toEqual([]);
    expect(await openUploadsIn(emulator.s3, emulator.s3.bucket)).toEqual([]);
  });

  test('a source that stays as it is by the time somebody tries it again is imported then, and not before', async () => {
    server.files.set('/film.mp4', { bytes, headLength: shorter.byteLength });
    const job = await sluice.import({ source: `${server.url}/film.mp4`, provider, route });
    await expect(job.wait()).rejects.toMatchObject({ code: 'integrity' });
    server.files.set('/film.mp4', { bytes });
    await sluice.run({ untilIdle: true });
    expect(created()).toEqual([]);
    await (await sluice.retry(job.id)).wait();
    expect(created()).toHaveLength(1);
  });
});

/** What became of it anywhere. */
function created(): unknown[] {
  const assets = emulator.twelvelabs.assets().filter(({ status }) => status !== 'failed');
  return [...emulator.importly.imports(), ...emulator.firework.videos(), ...assets];
}
