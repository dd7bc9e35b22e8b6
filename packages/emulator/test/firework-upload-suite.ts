import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Emulator, FireworkEmulatorSettings } from '../src/index.js';
import { ask, callFirework, formFields, signForm, signParts } from './firework-support.js';

const MIB = 1024 * 1024;

/** Opens an emulator over the store that the suite is about. */
export type OpenEmulator = (firework?: Partial<FireworkEmulatorSettings>) => Promise<Emulator>;

/** Uploads through Firework as its page does them with curl: the same over every store. */
export function uploadSuite(open: OpenEmulator): void {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function fileOf(bytes: Buffer): Promise<string> {
    const path = join(folder, 'clip.mp4');
    await writeFile(path, bytes);
    return path;
  }

  /** Sends pieces as the parts of an upload, the last one first. */
  async function putAll(emulator: Emulator, pieces: Buffer[]) {
    const { key, upload_id, parts } = await signParts(emulator, pieces.length);
    const sent = [];
    for (const { part, signature } of parts.reverse()) {
      const put = await ask('--upload-file', await fileOf(pieces[part - 1] ?? Buffer.alloc(0)), signature.put_url);
      expect(put.status).toBe(200);
      sent.unshift({ part, etag: put.headers.get('etag') });
    }
    return { key, upload_id, parts: sent };
  }

  const complete = (emulator: Emulator, body: object) =>
    callFirework(emulator, '/api/v1/upload_multipart/complete', { body });

  const create = (emulator: Emulator, s3_key: string) =>
    callFirework(emulator, '/api/v1/videos', { body: { s3_key, channel_id: 'FwChannel', caption: 'A clip' } });

  it('a form brings a file, and a video is made of it', async () => {
    const emulator = await open();
    const bytes = randomBytes(300_000);
    const signed = await signForm(emulator);
    expect(signed).toMatchObject({ algorithm: 'AWS4-HMAC-SHA256', acl: 'private' });
    expect((await ask(signed.post_url, ...formFields(signed, await fileOf(bytes)))).status).toBe(204);
    const created = await create(emulator, signed.key);
    expect(created).toMatchObject({ status: 201, json: { caption: 'A clip', access: 'public', hashtags: [] } });
    const { size, hash } = { size: bytes.length, hash: sha256(bytes) };
    expect(emulator.firework.videos()).toMatchObject([
      { id: created.json.id, way: 's3_key', size, sha256: hash, key: signed.key },
    ]);
    const names = ['key', 'acl', 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'Policy', 'X-Amz-Signature'];
    expect(emulator.firework.uploads()).toMatchObject([
      {
        way: 'form',
        key: signed.key,
        state: 'completed',
        tries: [{ status: 204, fields: [...names, 'Content-Type', 'file'] }],
      },
    ]);
  });

  it('parts bring a file, and a video is made of it', async () => {
    const emulator = await open();
    const pieces = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(1)];
    const { key, upload_id, parts } = await putAll(emulator, pieces);
    expect(await complete(emulator, { key, upload_id, parts })).toMatchObject({ status: 204, body: '' });
    expect((await create(emulator, key)).status).toBe(201);
    const whole = Buffer.concat(pieces);
    expect(emulator.firework.videos()).toMatchObject([{ size: whole.length, sha256: sha256(whole) }]);
    const [upload] = emulator.firework.uploads();
    expect(upload).toMatchObject({
      way: 'parts',
      uploadId: upload_id,
      partsCount: 3,
      state: 'completed',
      completes: 1,
    });
    expect(upload?.parts).toMatchObject(
      pieces.map(({ length }, index) => ({ part: index + 1, size: length, puts: 1 })),
    );
  });

  it('a form has from 25 KB to 5 GB', async () => {
    const emulator = await open({ maximumBytes: 30_000 });
    const post = async (size: number) => {
      const signed = await signForm(emulator);
      const { status, body } = await ask(signed.post_url, ...formFields(signed, await fileOf(Buffer.alloc(size))));
      return `${status} ${/<Code>(\w+)/.exec(body)?.[1] ?? ''}`.trim();
    };
    expect(await post(25_599)).toBe('400 EntityTooSmall');
    expect(await post(25_600)).toBe('204');
    expect(await post(30_000)).toBe('204');
    expect(await post(30_001)).toBe('400 EntityTooLarge');
  });

  it('parts together have from 25 KB to 5 GB, or the object is deleted', async () => {
    const emulator = await open({ maximumBytes: 30_000 });
    const finish = async (size: number) => {
      const upload = await putAll(emulator, [Buffer.alloc(size)]);
      const { status, json } = await complete(emulator, upload);
      return [status, json.error, (await create(emulator, upload.key)).status];
    };
    expect(await finish(25_599)).toEqual([400, 'File too small (min 25KB)', 400]);
    expect(await finish(25_600)).toEqual([204, undefined, 201]);
    expect(await finish(30_001)).toEqual([413, 'File too large (max 5GB)', 400]);
    expect(emulator.firework.uploads().map(({ state }) => state)).toEqual(['failed', 'completed', 'failed']);
  });

  it('a part but the last under 5 MiB fails the upload, until it is sent anew', async () => {
    const emulator = await open();
    const upload = await putAll(emulator, [Buffer.alloc(5 * MIB - 1), Buffer.alloc(30_000)]);
    expect(await complete(emulator, upload)).toMatchObject({ status: 400, json: { error: 'Multipart upload failed' } });
    expect(emulator.firework.uploads()).toMatchObject([{ state: 'open', completes: 1 }]);
  });

  it('a wrong ETag fails the upload', async () => {
    const emulator = await open();
    const { key, upload_id } = await putAll(emulator, [Buffer.alloc(30_000)]);
    const parts = [{ part: 1, etag: `"${'0'.repeat(32)}"` }];
    const refused = await complete(emulator, { key, upload_id, parts });
    expect(refused).toMatchObject({ status: 400, json: { error: 'Multipart upload failed' } });
  });

  it('a signature for a form or a part ends after its time', async () => {
    const emulator = await open({ signatureLifetimeMinutes: 1 / 60 });
    const [form, { parts }] = [await signForm(emulator), await signParts(emulator, 1)];
    await delay(2000);
    const file = await fileOf(Buffer.alloc(30_000));
    for (const sent of [
      await ask(form.post_url, ...formFields(form, file)),
      await ask('--upload-file', file, parts[0]?.signature.put_url ?? ''),
    ]) {
      expect([sent.status, /<Code>(\w+)/.exec(sent.body)?.[1]]).toEqual([403, 'AccessDenied']);
    }
  });

  it('a form’s type is what was signed for', async () => {
    const emulator = await open();
    const signed = await signForm(emulator, 'video/quicktime');
    const file = await fileOf(Buffer.alloc(30_000));
    expect((await ask(signed.post_url, ...formFields(signed, file, 'video/mp4'))).status).toBe(403);
    expect((await ask(signed.post_url, ...formFields(signed, file, 'video/quicktime'))).status).toBe(204);
  });
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
