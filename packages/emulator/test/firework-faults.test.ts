import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emulator, FaultRule } from '../src/index.js';
import { ask, callFirework, formFields, signForm, signParts, tokenOf } from './firework-support.js';
import { emulate, sample } from './support.js';

const SIZE = 5 * 1024 * 1024;

let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  file = join(folder, 'part');
  await writeFile(file, randomBytes(SIZE));
});

afterAll(() => rm(folder, { recursive: true }));

/** Sends one part through a fault and then again, and tells what was answered to both. */
async function putTwice(emulator: Emulator): Promise<string[]> {
  const { parts } = await signParts(emulator, 1);
  const url = parts[0]?.signature.put_url ?? '';
  const answers = [];
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { status, body } = await ask('--upload-file', file, url);
    answers.push(`${status} ${/<Code>(\w+)/.exec(body)?.[1] ?? ''}`.trim());
  }
  return answers;
}

function tries(emulator: Emulator) {
  return emulator.firework
    .uploads()
    .at(-1)
    ?.tries.map(({ status, received }) => [status, received]);
}

describe('faults on a part', () => {
  it.each<[Partial<FaultRule> & Pick<FaultRule, 'kind'>, string, [number | null, number]]>([
    [{ kind: 'error-500-before' }, '500 InternalError', [500, 0]],
    [{ kind: 'error-503' }, '503 SlowDown', [503, 0]],
    [{ kind: 'error-408' }, '408 RequestTimeout', [408, 0]],
    [{ kind: 'expired-signature' }, '403 AccessDenied', [403, 0]],
    [{ kind: 'reset-before' }, '0', [null, 0]],
    [{ kind: 'reset-mid', afterBytes: 1000 }, '0', [null, 1000]],
    [{ kind: 'reset-mid' }, '0', [null, SIZE / 2]],
    [{ kind: 'reset-after' }, '0', [null, SIZE]],
    [{ kind: 'lost-answer' }, '0', [null, SIZE]],
    [{ kind: 'error-500-after' }, '500 InternalError', [500, SIZE]],
  ])('%o strikes once, and the next try is taken', async (rule, seen, struck) => {
    const emulator = await emulate({ faults: [{ on: 'part', times: 1, ...rule }] });
    expect(await putTwice(emulator)).toEqual([seen, '200']);
    await expect.poll(() => tries(emulator)).toEqual([struck, [200, SIZE]]);
    expect(emulator.firework.uploads()[0]?.parts).toMatchObject([{ part: 1, size: SIZE, puts: 2 }]);
    expect(emulator.firework.counts()).toMatchObject({ part: 2, bytesReceived: struck[1] + SIZE });
  });

  it('after which the part lies in the store, though nobody was told', async () => {
    const emulator = await emulate({ faults: [{ on: 'part', kind: 'lost-answer' }] });
    const { parts } = await signParts(emulator, 1);
    await ask('--upload-file', file, parts[0]?.signature.put_url ?? '');
    expect(emulator.firework.uploads()[0]).toMatchObject({
      parts: [{ part: 1, size: SIZE }],
      tries: [{ status: null }],
    });
  });

  it('of latency come before anything else', async () => {
    const emulator = await emulate({ faults: [{ on: 'part', kind: 'latency', latencyMs: 60 }] });
    const before = performance.now();
    expect(await putTwice(emulator)).toEqual(['200', '200']);
    expect(performance.now() - before).toBeGreaterThan(110);
  });

  it('of slowness let so many bytes through in a second', async () => {
    const emulator = await emulate({ faults: [{ on: 'part', kind: 'slow', bytesPerSecond: 20_000_000, times: 1 }] });
    const before = performance.now();
    expect(await putTwice(emulator)).toEqual(['200', '200']);
    expect(performance.now() - before).toBeGreaterThan(230);
  });

  it('of standing still wait in the middle, and go on', async () => {
    const emulator = await emulate({
      faults: [{ on: 'part', kind: 'stall', latencyMs: 100, afterBytes: 70_000, times: 1 }],
    });
    const before = performance.now();
    expect(await putTwice(emulator)).toEqual(['200', '200']);
    expect(performance.now() - before).toBeGreaterThan(95);
  });

  it('of standing still for ever end when the client does, and keep nothing', async () => {
    const emulator = await emulate({ faults: [{ on: 'part', kind: 'stall', times: 1 }] });
    const { parts } = await signParts(emulator, 1);
    const url = parts[0]?.signature.put_url ?? '';
    expect((await ask('--max-time', '0.3', '--upload-file', file, url)).status).toBe(0);
    await expect.poll(() => tries(emulator)).toEqual([[null, SIZE / 2]]);
    expect(emulator.firework.uploads()[0]?.parts).toEqual([]);
    expect((await ask('--upload-file', file, url)).status).toBe(200);
  });

  it('strike the upload that they name', async () => {
    const emulator = await emulate();
    const [first, second] = [await signParts(emulator, 1), await signParts(emulator, 1)];
    emulator.faults.add({ on: 'part', kind: 'error-503', match: second.key });
    const put = (parts: typeof first.parts) => ask('--upload-file', file, parts[0]?.signature.put_url ?? '');
    expect((await put(first.parts)).status).toBe(200);
    expect((await put(second.parts)).status).toBe(503);
  });
});

describe('faults on a form', () => {
  it.each<[FaultRule, number]>([
    [{ on: 'form', kind: 'expired-signature', times: 1 }, 403],
    [{ on: 'form', kind: 'error-500-before', times: 1 }, 500],
    [{ on: 'form', kind: 'reset-mid', times: 1 }, 0],
    [{ on: 'form', kind: 'lost-answer', times: 1 }, 0],
  ])('%o strikes once, and the next try is taken', async (rule, status) => {
    const emulator = await emulate({ faults: [rule] });
    const signed = await signForm(emulator);
    const post = () => ask(signed.post_url, ...formFields(signed, file));
    expect((await post()).status).toBe(status);
    expect((await post()).status).toBe(204);
    await expect.poll(() => tries(emulator)?.map(([seen]) => seen)).toEqual([status || null, 204]);
  });
});

describe('faults on the API', () => {
  const video = (emulator: Emulator) => ({ channel_id: 'FwChannel', caption: 'x', url: sample(emulator) });

  it.each([
    ['unauthorized', 401],
    ['rate-limit', 429],
    ['error-408', 408],
    ['error-500-before', 500],
    ['error-503', 503],
    ['reset-before', 0],
  ] as const)('%s is answered, and nothing is made', async (kind, status) => {
    const emulator = await emulate({ faults: [{ on: 'create', kind }] });
    expect((await callFirework(emulator, '/api/v1/videos', { body: video(emulator) })).status).toBe(status);
    expect(emulator.firework.videos()).toEqual([]);
  });

  it.each([
    ['lost-answer', 0],
    ['error-500-after', 500],
    ['error-504', 504],
    ['reset-after', 0],
  ] as const)('%s comes when the video is made', async (kind, status) => {
    const emulator = await emulate({ faults: [{ on: 'create', kind }] });
    expect((await callFirework(emulator, '/api/v1/videos', { body: video(emulator) })).status).toBe(status);
    expect(emulator.firework.videos()).toHaveLength(1);
    expect(emulator.firework.requests().at(-1)).toMatchObject({ path: '/api/v1/videos', status: status || null });
  });

  it.each(['token', 'signature', 'multipart-signatures', 'complete', 'import-status', 'video', 'update'] as const)(
    'strikes %s',
    async (on) => {
      const emulator = await emulate();
      const token = await tokenOf(emulator);
      emulator.faults.add({ on, kind: 'error-502' });
      const paths = {
        token: ['POST', '/oauth/token'],
        signature: ['POST', '/api/v1/upload_signatures'],
        'multipart-signatures': ['POST', '/api/v1/upload_multipart/signatures'],
        complete: ['POST', '/api/v1/upload_multipart/complete'],
        'import-status': ['GET', '/api/v1/videos/imports/x'],
        video: ['GET', '/api/v1/videos/x'],
        update: ['PATCH', '/api/v1/videos/x'],
      };
      const [method = '', path = ''] = paths[on];
      const answer = await callFirework(emulator, path, { token, method, ...(method === 'GET' ? {} : { body: {} }) });
      expect(answer).toMatchObject({ status: 502, json: {} });
      expect(emulator.faults.fired()).toMatchObject([{ fired: 1 }]);
    },
  );

  it('lose the answer of a completion, which a second one is then told', async () => {
    for (const [repeatedComplete, status] of [
      ['refuse', 400],
      ['accept', 204],
    ] as const) {
      const emulator = await emulate({
        firework: { repeatedComplete },
        faults: [{ on: 'complete', kind: 'lost-answer', times: 1 }],
      });
      const { key, upload_id, parts } = await signParts(emulator, 1);
      const { headers } = await ask('--upload-file', file, parts[0]?.signature.put_url ?? '');
      const body = { key, upload_id, parts: [{ part: 1, etag: headers.get('etag') }] };
      const complete = () => callFirework(emulator, '/api/v1/upload_multipart/complete', { body });
      expect((await complete()).status).toBe(0);
      expect((await complete()).status).toBe(status);
      expect(emulator.firework.uploads()).toMatchObject([{ state: 'completed', completes: 2 }]);
    }
  });

  it('make transcoding fail, or last for ever', async () => {
    const emulator = await emulate({
      firework: { transcodingMs: 0 },
      faults: [
        { on: 'transcoding', kind: 'failure', times: 1 },
        { on: 'transcoding', kind: 'stall', times: 1 },
      ],
    });
    for (let count = 0; count < 3; count += 1) {
      await callFirework(emulator, '/api/v1/videos', { body: { ...video(emulator), async: true } });
      await expect.poll(() => emulator.firework.imports()[count]?.videoId).toBeTypeOf('string');
    }
    const states = () => emulator.firework.imports().map(({ status }) => status);
    await expect.poll(states).toEqual(['errored', 'running', 'completed']);
  });

  it('break downloads', async () => {
    const emulator = await emulate({ faults: [{ on: 'download', kind: 'cut-body' }] });
    const answer = await callFirework(emulator, '/api/v1/videos', { body: video(emulator) });
    expect(answer).toMatchObject({ status: 400, json: { error: 'url: the source broke off' } });
  });
});
