import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBuffer } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import type { FireworkUploadStore } from '@sluice/emulator';
import { type CephGateway, missingCeph, startCeph } from '@sluice/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../emulator/test/s3-cases/store.js';
import { leastPartBytes } from '../src/ways.js';
import { closeAfterwards, connect, sampleOf, sha256Of } from './emulation.js';
import { mebibyte } from './play.js';

const missing = await missingCeph();
let ceph: CephGateway | undefined;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-firework-'));
  if (missing === undefined) ceph = await startCeph();
}, 120_000);

afterAll(async () => {
  await ceph?.stop();
  await rm(folder, { recursive: true });
});

/** A bucket of its own, in the gateway. */
async function cephBucket(): Promise<FireworkUploadStore> {
  if (ceph === undefined) throw new Error('the gateway is not there');
  const { client, ...store } = await openStore(ceph);
  closeAfterwards(() => client.destroy());
  return store;
}

async function ownStore(): Promise<'own'> {
  return 'own';
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

async function fileOf(name: string, bytes: Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return fromFile(path);
}

const stores = [
  { store: 'the emulator’s own store', bucket: ownStore, skipped: false },
  {
    store: `a Ceph gateway${missing === undefined ? '' : ` (${missing})`}`,
    bucket: cephBucket,
    skipped: missing !== undefined,
  },
];

describe.for(stores)('an upload into $store', ({ bucket, skipped }) => {
  test.skipIf(skipped)(
    'of a small file is one form, its fields in the order of the page and the file last',
    async () => {
      const { emulator, bring } = await connect({ firework: { uploads: await bucket() } });
      const bytes = randomBytes(25_600);
      const { state, items, warnings } = await bring({
        source: await fileOf('small.mp4', bytes),
        metadata: { title: 'Small', tags: ['one'] },
        options: { firework: { access: 'private', product_ids: ['123', 'unit-567'], custom_fields: { a: 'b' } } },
      });
      const [upload] = emulator.firework.uploads();
      const [video] = emulator.firework.videos();
      // Random bytes are no video, and nobody here can tell whether Firework will think so.
      expect({ state, warnings }).toMatchObject({ state: 'completed', warnings: [{ code: 'media-unread' }] });
      expect(items).toMatchObject([{ ok: true, asset: { id: video?.id, title: 'Small' } }]);
      expect(upload).toMatchObject({ way: 'form', filename: 'small.mp4', mimeType: 'video/mp4', state: 'completed' });
      expect(upload?.tries.map(({ fields }) => fields?.join())).toEqual([
        'key,acl,X-Amz-Algorithm,X-Amz-Credential,X-Amz-Date,Policy,X-Amz-Signature,Content-Type,file',
      ]);
      expect(video).toMatchObject({
        way: 's3_key',
        sha256: sha256Of(bytes),
        caption: 'Small',
        access: 'private',
        hashtags: ['one'],
        productIds: ['FwProduct123', 'FwProduct567'],
        customFields: { a: 'b' },
      });
    },
  );

  test.skipIf(skipped)('of a large file is parts, put together by their ETags', async () => {
    const { emulator, bring } = await connect(
      { firework: { uploads: await bucket() } },
      { multipartFromBytes: 10_000_000 },
    );
    const bytes = randomBytes(25 * mebibyte + 1);
    expect((await bring({ source: await fileOf('large.mov', bytes) })).state).toBe('completed');
    const [upload] = emulator.firework.uploads();
    expect(upload).toMatchObject({ way: 'parts', partsCount: 3, mimeType: 'video/quicktime', completes: 1 });
    expect(upload?.parts.map(({ puts }) => puts)).toEqual([1, 1, 1]);
    expect(emulator.firework.videos()).toMatchObject([{ size: bytes.byteLength, sha256: sha256Of(bytes) }]);
    expect(emulator.firework.counts()).toMatchObject({ create: 1, token: 1 });
  });

  test.skipIf(skipped)('goes with the creation itself on request', async () => {
    const { emulator, bring } = await connect({ firework: { uploads: await bucket() } });
    const bytes = randomBytes(40_000);
    const source = fromBuffer(bytes, { name: 'direct.mp4' });
    const options = { firework: { upload: 'file', caption: 'Direct' } } as const;
    const { items, warnings } = await bring({ source, expect: { sha256: 'compute' }, options });
    // Taken while it was sent: nobody has to read the source once more for it.
    const sha256 = { outcome: 'match', expected: sha256Of(bytes), actual: sha256Of(bytes) };
    expect(items).toMatchObject([{ ok: true, asset: { title: 'Direct' }, checks: { sha256 } }]);
    expect(warnings.map(({ code }) => code)).not.toContain('unchecked');
    expect(emulator.firework.videos()).toMatchObject([{ way: 'file', sha256: sha256Of(bytes), caption: 'Direct' }]);
    expect(emulator.firework.counts()).toMatchObject({ signature: 0, create: 1 });
  });
});

describe('a file of exactly', () => {
  /** Zeros but for its ends, so that it takes no room on the disk. */
  async function sparse(size: number) {
    const path = join(folder, `${size}.mp4`);
    const file = await open(path, 'w');
    await file.write('begin', 0);
    await file.write('end', size - 3);
    await file.close();
    return fromFile(path);
  }

  test.each([
    [99_999_999, 'form', 0],
    [100_000_000, 'parts', 11],
    [20 * leastPartBytes + 1, 'parts', 12],
  ])('%i bytes arrives whole, as a %s', { timeout: 60_000 }, async (size, way, parts) => {
    const { emulator, bring } = await connect();
    const source = await sparse(size);
    const sha256 = await digestOf(join(folder, `${size}.mp4`));
    expect((await bring({ source, expect: { size, sha256 } })).state).toBe('completed');
    const [upload] = emulator.firework.uploads();
    expect(upload).toMatchObject({ way, state: 'completed' });
    expect(upload?.parts).toHaveLength(parts);
    expect(upload?.parts.slice(0, -1).every((part) => part.size >= leastPartBytes)).toBe(true);
    expect(emulator.firework.videos()).toMatchObject([{ size, sha256 }]);
  });
});

describe('how a file is read', () => {
  test('is by its container: a real video lasts as long as it does', async () => {
    const { emulator, bring } = await connect();
    const { url, durationSeconds, sha256 } = sampleOf(emulator);
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    await bring({ source: fromBuffer(bytes, { name: 'sample.mp4' }) });
    expect(emulator.firework.videos()).toMatchObject([{ durationSeconds: expect.closeTo(durationSeconds, 0), sha256 }]);
  });

  test.each([25_599, 5_000_000_001])('one of %i bytes is refused before a byte moves', async (size) => {
    const { emulator, sluice } = await connect();
    const source = { kind: 'file', path: join(folder, 'never-read.mp4'), size, modifiedAt: 0 } as const;
    await expect(sluice.import({ source })).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('from 25,600 to 5,000,000,000 bytes'),
    });
    expect(emulator.firework.requests()).toEqual([]);
  });
});

describe('what the provider refuses', () => {
  const small = fromBuffer(randomBytes(30_000), { name: 'a.mp4' });

  test.each<[string, object, object]>([
    ['a channel that is not there', { channel_id: 'FwNowhere' }, { code: 'not-found', status: 404 }],
    ['a channel of somebody else', { channel_id: 'FwForeign' }, { code: 'auth', status: 403 }],
    ['a caption that is too long', { caption: 'x'.repeat(300) }, { code: 'invalid-request', status: 422 }],
  ])('%s ends the job with its words', async (_what, options, expected) => {
    const { emulator, bring } = await connect();
    await expect(bring({ source: small, options: { firework: options } })).rejects.toMatchObject(expected);
    expect(emulator.firework.videos()).toEqual([]);
  });

  test('a file that is no video, whichever way it came', async () => {
    const { emulator, bring } = await connect({ firework: { unreadable: 'refuse' } });
    for (const options of [{}, { upload: 'file' } as const]) {
      await expect(bring({ source: small, options: { firework: options } })).rejects.toMatchObject({ status: 422 });
    }
    expect(emulator.firework.videos()).toEqual([]);
  });
});

describe('when answers are lost', () => {
  const small = fromBuffer(randomBytes(30_000), { name: 'a.mp4' });

  test.each(['lost-answer', 'reset-after', 'error-504', 'not-json', 'cut-body'] as const)(
    '%s of the creation with the file in it leaves the job unknown, and never makes a second video',
    async (kind) => {
      const { emulator, bring } = await connect({ faults: [{ on: 'create', kind, times: 1 }] });
      const request = { source: small, options: { firework: { upload: 'file' } } } as const;
      await expect(bring(request)).rejects.toMatchObject({ code: 'unknown', retry: 'never' });
      expect(emulator.firework.counts()).toMatchObject({ create: 1 });
    },
  );

  test.each(['lost-answer', 'error-502', 'rate-limit'] as const)(
    '%s of a signature is asked for again',
    async (kind) => {
      const { emulator, bring } = await connect({ faults: [{ on: 'signature', kind, times: 1 }] });
      expect((await bring({ source: small })).state).toBe('completed');
      expect(emulator.firework.videos()).toHaveLength(1);
    },
  );

  test('the completion took effect and is refused when it is asked for again: the video is made all the same', async () => {
    const { emulator, bring } = await connect(
      { faults: [{ on: 'complete', kind: 'error-500-after', times: 1 }] },
      { multipartFromBytes: 1_000_000 },
    );
    const bytes = randomBytes(17 * mebibyte);
    expect((await bring({ source: fromBuffer(bytes, { name: 'a.mov' }) })).state).toBe('completed');
    expect(emulator.firework.uploads()).toMatchObject([{ completes: 2, parts: [{ puts: 1 }, { puts: 1 }] }]);
    expect(emulator.firework.videos()).toMatchObject([{ sha256: sha256Of(bytes) }]);
  });
});
