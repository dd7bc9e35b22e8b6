import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { call, curl, emulate, finish, resultOf, sample, start } from './support.js';

const DAY_MS = 24 * 3_600_000;

describe('an import', () => {
  it('runs by curl as on the provider’s page', async () => {
    const emulator = await emulate();
    const { baseUrl, apiKey } = emulator.importly;
    const authorization = `Authorization: Bearer ${apiKey}`;
    const started = JSON.parse(
      await curl(
        ...['-X', 'POST', `${baseUrl}/import`, '-H', authorization, '-H', 'Content-Type: application/json', '-d'],
        `{ "url": "${sample(emulator)}", "videoQuality": "1080p", "audioQuality": "best" }`,
      ),
    );
    expect(started).toEqual({
      success: true,
      data: {
        jobId: expect.any(String),
        status: 'queued',
        message: "Media import has been queued. You will receive a webhook when it's complete.",
      },
    });
    await finish(emulator, started.data.jobId);
    const status = JSON.parse(
      await curl('-X', 'GET', `${baseUrl}/import/status?id=${started.data.jobId}`, '-H', authorization),
    );
    expect(status).toEqual({
      success: true,
      data: {
        jobId: started.data.jobId,
        status: 'completed',
        result: {
          mediaUrl: `${baseUrl}/storage/${started.data.jobId}/video.mp4`,
          title: 'Sluice sample',
          duration: 6,
          creditsUsed: 1,
          fileSizeBytes: emulator.media.files[0]?.size,
          message: 'Import completed successfully',
        },
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        completedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    });
    const sizeAndType = await curl('-I', '-w', '%{content_type}', '-o', '/dev/null', status.data.result.mediaUrl);
    expect(sizeAndType).toBe('video/mp4');
  });

  it('ages from queued to running to completed on the provider’s clock', async () => {
    const emulator = await emulate({ importly: { queuedMs: 3_600_000, runningMs: 3_600_000 } });
    const id = await start(emulator, { url: sample(emulator) });
    const look = async () => (await call(emulator, `/import/status?id=${id}`)).data;
    expect(await look()).toEqual({ jobId: id, status: 'queued', startedAt: null, completedAt: null });
    emulator.clock.advance(3_600_000);
    await expect.poll(look).toEqual({ jobId: id, status: 'running', startedAt: expect.any(String), completedAt: null });
    emulator.clock.advance(3_600_000);
    const { startedAt, completedAt } = await finish(emulator, id);
    expect(Date.parse(String(completedAt)) - Date.parse(String(startedAt))).toBeGreaterThanOrEqual(3_600_000);
  });

  it('hands out the bytes of the source: whole, in ranges, and to HEAD', async () => {
    const emulator = await emulate();
    const id = await start(emulator, { url: sample(emulator, 'tall.mp4') });
    const mediaUrl = String(resultOf(await finish(emulator, id)).mediaUrl);
    const file = emulator.media.files.find(({ name }) => name === 'tall.mp4');
    const whole = Buffer.from(await (await fetch(mediaUrl)).arrayBuffer());
    expect(createHash('sha256').update(whole).digest('hex')).toBe(file?.sha256);
    expect(emulator.importly.imports()[0]).toMatchObject({ sha256: file?.sha256, size: file?.size });
    const part = await fetch(mediaUrl, { headers: { range: 'bytes=4-7' } });
    expect([part.status, await part.text()]).toEqual([206, 'ftyp']);
    expect(part.headers.get('content-range')).toBe(`bytes 4-7/${file?.size}`);
    const beyond = await fetch(mediaUrl, { headers: { range: `bytes=${file?.size}-` } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${file?.size}`]);
    const head = await fetch(mediaUrl, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(file?.size)]);
    expect(head.headers.get('accept-ranges')).toBe('bytes');
  });

  it('keeps the media for seven days of its clock', async () => {
    const emulator = await emulate();
    const id = await start(emulator, { url: sample(emulator) });
    const mediaUrl = String(resultOf(await finish(emulator, id)).mediaUrl);
    emulator.clock.advance(6.9 * DAY_MS);
    expect((await fetch(mediaUrl, { method: 'HEAD' })).status).toBe(200);
    emulator.clock.advance(0.2 * DAY_MS);
    expect((await fetch(mediaUrl)).status).toBe(404);
  });

  it('follows redirects, and sends a source’s credentials as a header', async () => {
    const emulator = await emulate();
    const { port } = new URL(emulator.url);
    const url = `http://me:p%40ss@127.0.0.1:${port}/media/redirect/3/tone.m4a?rate=10000000`;
    const data = await finish(emulator, await start(emulator, { url, includeVideo: false, audioQuality: 'high' }));
    expect(resultOf(data)).toMatchObject({ title: 'Sluice tone', duration: 5 });
    expect(resultOf(data).mediaUrl).toMatch(/\/audio\.m4a$/);
  });

  it.each([
    ['missing.mp4', 'the source answered 404'],
    ['broken/sample.mp4', 'aborted'],
    ['redirect/99/sample.mp4', 'more than 10 redirects'],
  ])('fails at HTTP 200 with success=true when the source is %s', async (path, reason) => {
    const emulator = await emulate();
    const id = await start(emulator, { url: `${emulator.media.url}/${path}` });
    await finish(emulator, id);
    const { status, json } = await call(emulator, `/import/status?id=${id}`);
    expect(status).toBe(200);
    expect(json).toEqual({
      success: true,
      data: {
        jobId: id,
        status: 'failed',
        message: `Failed to download media from URL: ${reason}`,
        startedAt: expect.any(String),
        completedAt: expect.any(String),
      },
    });
    expect((await fetch(`${emulator.importly.baseUrl}/storage/${id}/video.mp4`)).status).toBe(404);
  });

  it('takes a source that is no media, without a duration', async () => {
    const emulator = await emulate();
    const data = await finish(emulator, await start(emulator, { url: `${emulator.url}/_emulator/state` }));
    const { title, duration, mediaUrl } = resultOf(data);
    expect([title, duration]).toEqual(['state', undefined]);
    expect(mediaUrl).toMatch(/\/video\.bin$/);
  });

  it('has the spellings of the other page by setting', async () => {
    const emulator = await emulate({
      importly: { resultShape: 'flat', idField: 'id', runningWord: 'importing', runningMs: 3_600_000 },
    });
    const { data } = await call(emulator, '/import', { body: { url: sample(emulator) } });
    expect(data.jobId).toBeUndefined();
    const look = async () => (await call(emulator, `/import/status?id=${String(data.id)}`)).data;
    await expect.poll(look).toMatchObject({ status: 'importing' });
    emulator.clock.advance(3_600_000);
    expect(await finish(emulator, String(data.id))).toEqual({
      jobId: data.id,
      status: 'completed',
      mediaUrl: expect.any(String),
      title: 'Sluice sample',
      duration: 6,
      fileSizeBytes: emulator.media.files[0]?.size,
      costInDollars: 0.001,
    });
  });

  it('can remember a source instead of fetching it for every import', async () => {
    let fetched = 0;
    const server = createServer((_request, response) => {
      fetched += 1;
      response.end('bytes');
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const emulator = await emulate({ importly: { sources: 'remember', limits: 'none' } });
    const url = `http://127.0.0.1:${port}/x.bin`;
    const ids = await Promise.all(Array.from({ length: 20 }, () => start(emulator, { url })));
    const urls = await Promise.all(ids.map(async (id) => String(resultOf(await finish(emulator, id)).mediaUrl)));
    expect(new Set(urls).size).toBe(20);
    expect(await (await fetch(urls[7] ?? '')).text()).toBe('bytes');
    expect(fetched).toBe(1);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a start that is refused', () => {
  const url = 'http://127.0.0.1:9/never-asked.mp4';

  it.each([
    ['no key', undefined],
    ['a wrong key', 'wrong'],
  ])('401 with %s', async (_name, key) => {
    const emulator = await emulate();
    const { status, json } = await call(emulator, '/import', {
      body: { url },
      ...(key === undefined ? { key: '' } : { key }),
    });
    expect([status, json]).toEqual([401, { success: false, error: 'Invalid or missing API key' }]);
  });

  it.each([
    ['invalid JSON', '{"url": ', 'Invalid JSON'],
    ['a body that is no object', '[]', 'The body must be a JSON object'],
    ['no url', {}, /^Invalid url: /],
    ['a url that is none', { url: 'clip.mp4' }, 'Invalid url: must be an http or https URL'],
    ['another scheme', { url: 'ftp://example.com/a.mp4' }, 'Invalid url: must be an http or https URL'],
    ['an unknown parameter', { url, quality: 'best' }, 'Unknown parameter: quality'],
    ['a wrong type', { url, includeVideo: 'yes' }, /^Invalid includeVideo: /],
    ['an unknown quality', { url, videoQuality: '999p' }, /^Invalid videoQuality: /],
    ['an unknown storage class', { url, store: true, storageClass: 'COLD' }, /^Invalid storageClass: /],
    ['a storage parameter without store', { url, storagePath: 'a' }, 'Invalid storagePath: needs store: true'],
    ['neither picture nor sound', { url, includeVideo: false, includeAudio: false }, /^Invalid includeAudio: /],
    ['an unreachable url', { url }, 'The URL is unreachable'],
  ])('400 with %s', async (_name, body, error) => {
    const emulator = await emulate();
    const answer = await call(emulator, '/import', { body });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ success: false, error: expect.stringMatching(error) });
    expect(emulator.importly.imports()).toEqual([]);
  });

  it('402 without credits, and takes what an import costs from them', async () => {
    const emulator = await emulate({ importly: { credits: 2, costs: { creditsPerSecond: 0.5 } } });
    await finish(emulator, await start(emulator, { url: sample(emulator) }));
    expect(emulator.importly.credits()).toBe(-1);
    const { status, json } = await call(emulator, '/import', { body: { url: sample(emulator) } });
    expect([status, json]).toEqual([402, { success: false, error: 'InsufficientCredits' }]);
    emulator.importly.setCredits(100);
    await start(emulator, { url: sample(emulator) });
  });

  it('lets an unreachable url become a failed job by setting', async () => {
    const emulator = await emulate({ importly: { unreachable: 'fail' } });
    const data = await finish(emulator, await start(emulator, { url }));
    expect(data.message).toMatch(/^Failed to download media from URL: /);
  });

  it('404 for an unknown job, 400 without an id, 404 for what isn’t there', async () => {
    const emulator = await emulate();
    expect((await call(emulator, '/import/status?id=unknown')).status).toBe(404);
    expect((await call(emulator, '/import/status')).status).toBe(400);
    expect((await call(emulator, '/imports')).status).toBe(404);
  });
});

describe('close', () => {
  it('ends in the middle of jobs and downloads, and frees the port', async () => {
    const emulator = await emulate({ importly: { limits: 'none' } });
    await start(emulator, { url: `${emulator.media.url}/padded/50000000/slow.mp4?rate=1000` });
    await start(emulator, { url: sample(emulator), webhookUrl: 'http://127.0.0.1:9/hook' });
    await expect.poll(() => emulator.importly.imports().map(({ status }) => status)).toEqual(['running', 'completed']);
    await expect.poll(() => emulator.importly.webhooks()[0]?.tries.length).toBe(1);
    await emulator.close();
    await emulator.close();
    const { port } = new URL(emulator.url);
    const socket = connect(Number(port), '127.0.0.1');
    await expect(new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject))).rejects.toThrow(
      'ECONNREFUSED',
    );
  });
});
