import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, callFirework, formFields, signForm, signParts } from './firework-support.js';
import { emulate } from './support.js';

const MIB = 1024 * 1024;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function fileOf(bytes: Buffer, name = 'clip.mp4'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a form upload, as the page does it with curl', () => {
  it('takes the file and makes a video of it', async () => {
    const emulator = await emulate();
    const bytes = randomBytes(300_000);
    const signed = await signForm(emulator);
    expect(signed).toMatchObject({ algorithm: 'AWS4-HMAC-SHA256', acl: 'private' });
    const posted = await ask(signed.post_url, ...formFields(signed, await fileOf(bytes)));
    expect(posted.status).toBe(204);
    const { channelId } = emulator.firework;
    const body = { s3_key: signed.key, channel_id: channelId, caption: 'A clip' };
    const created = await callFirework(emulator, '/api/v1/videos', { body });
    expect(created).toMatchObject({ status: 201, json: { caption: 'A clip', access: 'public', hashtags: [] } });
    expect(emulator.firework.videos()).toMatchObject([
      { id: created.json.id, way: 's3_key', size: bytes.length, sha256: sha256(bytes), key: signed.key },
    ]);
    expect(emulator.firework.uploads()).toMatchObject([
      {
        way: 'form',
        key: signed.key,
        state: 'completed',
        tries: [
          {
            status: 204,
            fields: [
              ...['key', 'acl', 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'Policy', 'X-Amz-Signature'],
              ...['Content-Type', 'file'],
            ],
          },
        ],
      },
    ]);
  });
});

describe('an upload in parts, as the page does it with curl', () => {
  it('takes the parts, puts them together and makes a video of them', async () => {
    const emulator = await emulate();
    const pieces = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(1)];
    const { key, upload_id, parts } = await signParts(emulator, 3);
    const sent = [];
    for (const { part, signature } of parts.reverse()) {
      const file = await fileOf(pieces[part - 1] ?? Buffer.alloc(0));
      const put = await ask('--upload-file', file, signature.put_url);
      expect(put.status).toBe(200);
      sent.unshift({ part, etag: put.headers.get('etag') });
    }
    const completed = await callFirework(emulator, '/api/v1/upload_multipart/complete', {
      body: { key, upload_id, parts: sent },
    });
    expect(completed).toMatchObject({ status: 204, body: '' });
    const { channelId } = emulator.firework;
    await callFirework(emulator, '/api/v1/videos', { body: { s3_key: key, channel_id: channelId, caption: 'Film' } });
    const whole = Buffer.concat(pieces);
    expect(emulator.firework.videos()).toMatchObject([{ size: whole.length, sha256: sha256(whole) }]);
    expect(emulator.firework.uploads()).toMatchObject([
      {
        way: 'parts',
        uploadId: upload_id,
        partsCount: 3,
        state: 'completed',
        completes: 1,
        parts: [{ puts: 1 }, {}, {}],
      },
    ]);
  });
});
