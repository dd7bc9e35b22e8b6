import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice, type ImportSnapshot, type Sluice, SluiceError } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { type Emulator, type FaultRule, startEmulator } from '@sluice/emulator';
import { firework } from '@sluice/firework';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const mebibyte = 1024 * 1024;
const threshold = 12 * mebibyte;
/** Five parts. */
const size = 25 * mebibyte + 77;

let emulator: Emulator;
let sluice: Sluice;
let folder: string;
let path: string;
let sha256: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-upload-faults-'));
  path = join(folder, 'film.mp4');
  const content = randomBytes(size);
  sha256 = createHash('sha256').update(content).digest('hex');
  await writeFile(path, content);
  emulator = await startEmulator({ firework: { limits: 'none', transcodingMs: 0 } });
  const { clientId, clientSecret, channelId, baseUrl } = emulator.firework;
  // Parts from 12 MiB on, so that a test need not write 100 MB.
  const shop = firework({ clientId, clientSecret, channelId, baseUrl, multipartFromBytes: threshold });
  sluice = createSluice({ providers: { shop } });
});

afterEach(async () => {
  await sluice.close();
  await emulator.close();
  await rm(folder, { recursive: true });
});

async function importFilm(): Promise<ImportSnapshot> {
  const job = await sluice.import({ source: fromFile(path), metadata: { title: 'Film' } });
  return job.wait({ timeoutMs: 60_000 });
}

async function errorOf(work: Promise<unknown>): Promise<SluiceError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!SluiceError.is(error)) throw new Error(`not an error of ours: ${String(error)}`);
  return error;
}

function stored() {
  return emulator.firework.videos().map((video) => ({ size: video.size, sha256: video.sha256 }));
}

/** How often each part was sent. */
function putsByPart(): number[] {
  return emulator.firework.uploads().flatMap((upload) => upload.parts.map((part) => part.puts));
}

describe('one thing that goes wrong with a part', () => {
  const faults: [string, FaultRule][] = [
    ['it is answered 500', { on: 'part', kind: 'error-500-before', times: 1, skip: 1 }],
    ['it is answered 503', { on: 'part', kind: 'error-503', times: 1, skip: 1 }],
    ['it is answered 408', { on: 'part', kind: 'error-408', times: 1, skip: 1 }],
    ['its connection is reset on the way', { on: 'part', kind: 'reset-mid', times: 1, skip: 1 }],
    ['its answer is lost', { on: 'part', kind: 'lost-answer', times: 1, skip: 1 }],
  ];
  test.each(faults)('%s: only that part is sent again', async (_what, rule) => {
    emulator.faults.add(rule);
    expect((await importFilm()).state).toBe('completed');
    expect(stored()).toEqual([{ size, sha256 }]);
    const puts = putsByPart();
    expect(puts.filter((count) => count === 2)).toHaveLength(1);
    expect(puts.filter((count) => count === 1)).toHaveLength(puts.length - 1);
  });

  test('its signature is no longer taken: the upload begins anew, and says so', async () => {
    emulator.faults.add({ on: 'part', kind: 'expired-signature', times: 1, skip: 2 });
    const { state, warnings } = await importFilm();
    expect(state).toBe('completed');
    expect(warnings).toContainEqual({ code: 'upload-anew', message: expect.stringContaining('begun anew') });
    expect(stored()).toEqual([{ size, sha256 }]);
    expect(emulator.firework.uploads().map((upload) => upload.state)).toEqual(['open', 'completed']);
  });
});

describe('one thing that goes wrong with a call', () => {
  const faults: [string, FaultRule][] = [
    ['completing is answered 500', { on: 'complete', kind: 'error-500-before', times: 1 }],
    ['completing took effect, and its answer was lost', { on: 'complete', kind: 'lost-answer', times: 1 }],
    ['signing is answered 502', { on: 'multipart-signatures', kind: 'error-502', times: 1 }],
    ['the token is refused once', { on: 'complete', kind: 'unauthorized', times: 1 }],
    ['the form is reset on its way', { on: 'form', kind: 'reset-mid', times: 1 }],
    ['creating is answered 429', { on: 'create', kind: 'rate-limit', times: 1 }],
  ];
  test.each(faults)('%s: one video, whole', async (_what, rule) => {
    emulator.faults.add(rule);
    if (rule.on === 'form') await truncate(path, 3 * mebibyte);
    expect((await importFilm()).state).toBe('completed');
    expect(emulator.firework.videos()).toHaveLength(1);
    if (rule.on !== 'form') expect(stored()).toEqual([{ size, sha256 }]);
  });

  test('the answer to creating the video is lost: no second video, and words on what to look at', async () => {
    emulator.faults.add({ on: 'create', kind: 'lost-answer', times: 1 });
    const error = await errorOf(importFilm());
    expect(error).toMatchObject({
      code: 'unknown',
      retry: 'never',
      message: expect.stringContaining('Look at the provider'),
    });
    expect(emulator.firework.videos()).toHaveLength(1);
    expect(emulator.firework.counts().create).toBe(1);
  });
});

describe('a file that does not stay as it is', () => {
  test('one that changed before it was opened again is refused, and nothing is created', async () => {
    const source = fromFile(path);
    await appendFile(path, 'more');
    const error = await errorOf(sluice.import({ source, metadata: { title: 'Film' } }).then((job) => job.wait()));
    const message = expect.stringMatching(`had ${size} bytes.*Import it again once it stays as it is`);
    expect(error).toMatchObject({ code: 'integrity', retry: 'never', message });
    expect(emulator.firework.videos()).toEqual([]);
  });

  test('one that is gone is refused, and nothing is created', async () => {
    const source = fromFile(path);
    await unlink(path);
    const error = await errorOf(sluice.import({ source, metadata: { title: 'Film' } }).then((job) => job.wait()));
    expect(error).toMatchObject({ code: 'source-unreachable' });
    expect(emulator.firework.videos()).toEqual([]);
  });

  const changes: [string, () => Promise<unknown>][] = [
    ['shrinks', () => truncate(path, 1_000)],
    ['grows', () => appendFile(path, 'more')],
    ['is rewritten', () => writeFile(path, randomBytes(size))],
    ['vanishes', () => unlink(path)],
  ];
  test.each(changes)(
    'one that %s while it is uploaded ends in an error, and nothing is created',
    async (_what, change) => {
      emulator.faults.add({ on: 'part', kind: 'latency', latencyMs: 300 });
      const importing = sluice.import({ source: fromFile(path), metadata: { title: 'Film' } });
      while (emulator.firework.counts().part === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await change();
      const error = await errorOf(importing.then((job) => job.wait({ timeoutMs: 60_000 })));
      expect(['integrity', 'source-unreachable']).toContain(error.code);
      expect(emulator.firework.videos()).toEqual([]);
    },
  );

  test("an expected sha-256 that is not the file's is an integrity error, and nothing is created", async () => {
    const source = fromFile(path);
    const job = sluice.import({ source, metadata: { title: 'Film' }, expect: { sha256: 'ab'.repeat(32) } });
    const error = await errorOf(job.then((one) => one.wait()));
    expect(error).toMatchObject({ code: 'integrity', message: expect.stringContaining(sha256) });
    expect(emulator.firework.videos()).toEqual([]);
  });
});
