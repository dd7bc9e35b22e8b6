import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { type Emulator, type EmulatorOptions, startEmulator } from '../src/index.js';

const MEBIBYTE = 1024 * 1024;
const HOUR = 3_600_000;
const quick = {
  processingMs: 10,
  pace: { validatingMs: 10, pendingMs: 5, queuedMs: 5, indexingMs: 10, apartMs: 0 },
};

async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ ...options, twelvelabs: { ...quick, ...options.twelvelabs } });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Calls the emulated TwelveLabs with its key: GET, or POST where there is a body. */
async function call({ twelvelabs }: Emulator, path: string, body?: unknown) {
  const isForm = body instanceof FormData;
  const response = await fetch(`${twelvelabs.baseUrl}${path}`, {
    headers: { 'x-api-key': twelvelabs.apiKey, ...(!isForm && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { method: 'POST', body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = z.record(z.string(), z.unknown()).parse(text === '' ? {} : JSON.parse(text));
  return { status: response.status, headers: response.headers, text, json };
}

const sessionSchema = z.object({
  upload_id: z.string(),
  upload_urls: z.array(z.object({ chunk_index: z.number(), url: z.string() })),
});

async function begin(emulator: Emulator, size: number) {
  const { json } = await call(emulator, '/assets/multipart-uploads', {
    filename: 'a.mp4',
    type: 'video',
    total_size: size,
  });
  return sessionSchema.parse(json);
}

async function put(url: string, size: number) {
  const response = await fetch(url, { method: 'PUT', body: Buffer.alloc(size, 1) });
  return { status: response.status, etag: response.headers.get('etag') ?? '' };
}

describe('every call', () => {
  it('needs the key, and is told how much is left', async () => {
    const emulator = await emulate({ twelvelabs: { limits: { max: 2, windowMs: 60_000 } } });
    const refused = await fetch(`${emulator.twelvelabs.baseUrl}/indexes`, { headers: { 'x-api-key': 'wrong' } });
    expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'api_key_invalid' }]);
    const first = await call(emulator, '/indexes');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
    expect(Number(first.headers.get('x-ratelimit-reset'))).toBeGreaterThan(emulator.clock.now() / 1000);
    await call(emulator, '/indexes');
    const { status, text } = await call(emulator, '/indexes');
    expect([status, text]).toEqual([429, '']);
    expect(emulator.twelvelabs.counts()).toMatchObject({ index: 4, refused429: 1 });
  });

  it('may be struck by a fault, and paths that are not there are told so', async () => {
    const emulator = await emulate({ faults: [{ on: 'index', kind: 'error-503', times: 1 }] });
    const response = await fetch(`${emulator.twelvelabs.baseUrl}/indexes`, {
      headers: { 'x-api-key': emulator.twelvelabs.apiKey },
    });
    expect(response.status).toBe(503);
    expect((await call(emulator, '/nowhere')).json).toMatchObject({ code: 'endpoint_not_found' });
  });
});

describe('what does not make sense', () => {
  it.each<[string, unknown, { status: number; code: string }]>([
    [
      '/indexes',
      { index_name: 'sluice', models: [{ model_name: 'm', model_options: [] }] },
      { status: 400, code: 'index_name_already_exists' },
    ],
    ['/assets', { method: 'url' }, { status: 400, code: 'parameter_invalid' }],
    [
      '/assets/multipart-uploads',
      { filename: 'a.mp4', type: 'video', total_size: 10_000_000_001 },
      { status: 400, code: 'file_too_large' },
    ],
    [
      '/assets/multipart-uploads/none/presigned-urls',
      { start: 1, count: 1 },
      { status: 404, code: 'resource_not_exists' },
    ],
    ['/indexes/none/indexed-assets', { asset_id: 'x' }, { status: 404, code: 'resource_not_exists' }],
    ['/tasks/transfers/import/none', { index_id: 'x' }, { status: 400, code: 'parameter_invalid' }],
  ])('%s is refused', async (path, body, { status, code }) => {
    const answer = await call(await emulate(), path, body);
    expect([answer.status, answer.json]).toMatchObject([status, { code }]);
  });

  it.each([{ list: ['a'] }, { duration: 5 }])('metadata of %j is refused', async (user_metadata) => {
    const emulator = await emulate();
    const { integrationId, indexId } = emulator.twelvelabs;
    const answer = await call(emulator, `/tasks/transfers/import/${integrationId}`, {
      index_id: indexId,
      user_metadata,
    });
    expect(answer).toMatchObject({ status: 400, json: { code: 'parameter_invalid' } });
  });

  it('a file that is too large for one piece', async () => {
    const emulator = await emulate({ twelvelabs: { directMaxBytes: 1000 } });
    const form = new FormData();
    form.append('method', 'direct');
    form.append('file', new Blob([Buffer.alloc(1001)]), 'a.mp4');
    expect(await call(emulator, '/assets', form)).toMatchObject({ status: 400, json: { code: 'file_too_large' } });
    expect(emulator.twelvelabs.assets()).toEqual([]);
  });
});

describe('an upload session', () => {
  it('signs a few chunks, and more on request; a signature ends, and so does the session', async () => {
    const emulator = await emulate({ twelvelabs: { chunkBytes: 5 * MEBIBYTE, firstUrls: 1 } });
    const { upload_id, upload_urls } = await begin(emulator, 5 * MEBIBYTE + 1);
    expect(upload_urls.map(({ chunk_index }) => chunk_index)).toEqual([1]);
    emulator.clock.advance(HOUR + 1000);
    expect((await put(upload_urls[0]?.url ?? '', 5 * MEBIBYTE)).status).toBe(403);
    const more = await call(emulator, `/assets/multipart-uploads/${upload_id}/presigned-urls`, { start: 1, count: 50 });
    expect(more.json).toMatchObject({ start_index: 1, count: 2 });
    const [fresh] = sessionSchema.shape.upload_urls.parse(more.json.upload_urls);
    expect((await put(fresh?.url ?? '', 5 * MEBIBYTE)).status).toBe(200);
    emulator.clock.advance(24 * HOUR);
    const late = await call(emulator, `/assets/multipart-uploads/${upload_id}/presigned-urls`, { start: 1, count: 1 });
    expect(late).toMatchObject({ status: 404, json: { code: 'upload_session_expired' } });
    expect((await call(emulator, `/assets/multipart-uploads/${upload_id}`)).json).toMatchObject({ status: 'expired' });
  });

  it('takes only what is proven, knows what it was told before, and ends by itself', async () => {
    const emulator = await emulate({ twelvelabs: { chunkBytes: 5 * MEBIBYTE } });
    const { upload_id, upload_urls } = await begin(emulator, 5 * MEBIBYTE + 10);
    const sizes = [5 * MEBIBYTE, 10];
    const arrived = await Promise.all(upload_urls.map(({ url }, index) => put(url, sizes[index] ?? 0)));
    const chunk = (index: number, proof = arrived[index - 1]?.etag) => ({
      chunk_index: index,
      proof,
      proof_type: 'etag',
      chunk_size: sizes[index - 1],
    });
    const report = (...completed_chunks: unknown[]) =>
      call(emulator, `/assets/multipart-uploads/${upload_id}`, { completed_chunks });
    expect(await report(chunk(1, '"another"'))).toMatchObject({ status: 400, json: { code: 'chunk_proof_invalid' } });
    expect((await report(chunk(2))).json).toMatchObject({
      processed_chunks: 1,
      duplicate_chunks: 0,
      total_completed: 1,
    });
    expect((await call(emulator, `/assets/multipart-uploads/${upload_id}`)).json).toMatchObject({
      status: 'active',
      chunks_pending: 1,
    });
    expect(emulator.twelvelabs.assets()).toEqual([]);
    expect((await report(chunk(1), chunk(2))).json).toMatchObject({
      processed_chunks: 1,
      duplicate_chunks: 1,
      url: expect.any(String),
    });
    await vi.waitFor(
      () => expect(emulator.twelvelabs.assets()).toMatchObject([{ status: 'ready', size: 5 * MEBIBYTE + 10 }]),
      20_000,
    );
  });
});

describe('webhooks', () => {
  it('are signed over their time and their body', async () => {
    const emulator = await emulate();
    const came: { signature: string; body: string }[] = [];
    const server = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (text) => (body += String(text)));
      incoming.on('end', () => {
        came.push({ signature: String(incoming.headers['tl-signature']), body });
        outgoing.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    emulator.twelvelabs.setWebhookUrl(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
    const { integrationId, indexId, webhookSecret, addFile } = emulator.twelvelabs;
    await addFile('notes.mp4', Buffer.from('no media'));
    await call(emulator, `/tasks/transfers/import/${integrationId}`, { index_id: indexId });
    await vi.waitFor(() => expect(came).toHaveLength(1), 20_000);
    const [{ signature, body } = { signature: '', body: '' }] = came;
    const [, time = '', given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(given).toBe(createHmac('sha256', webhookSecret).update(`${time}.${body}`).digest('hex'));
    const [video] = emulator.twelvelabs.transfers()[0]?.videos ?? [];
    expect(JSON.parse(body)).toMatchObject({ type: 'index.task.failed', data: { id: video?.id } });
  });
});

it('withdraws the import from integrations', async () => {
  const emulator = await emulate();
  emulator.twelvelabs.setWithdrawn(410);
  const { status } = await call(emulator, `/tasks/transfers/import/${emulator.twelvelabs.integrationId}/logs`);
  expect(status).toBe(410);
});
