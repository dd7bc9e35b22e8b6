import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../src/index.js';
import { callFirework, idOf } from './firework-support.js';
import { emulate, sample } from './support.js';

let server: Server;
let webhookUrl = '';
let received: { headers: IncomingHttpHeaders; body: string }[] = [];
let status = 200;

beforeEach(async () => {
  received = [];
  status = 200;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=secret`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function create(emulator: Emulator, more: object = {}) {
  const body = { channel_id: 'FwChannel', caption: 'A clip', url: sample(emulator), ...more };
  return { id: idOf(await callFirework(emulator, '/api/v1/videos', { body })) };
}

function events(): Record<string, unknown>[] {
  return received.map(({ body }) => JSON.parse(body));
}

describe('webhooks', () => {
  it('are signed over the time in ms and the body as it was sent', async () => {
    const emulator = await emulate({ firework: { webhookUrl, transcodingMs: 0 } });
    await create(emulator);
    await expect.poll(() => received.length).toBe(1);
    const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = received;
    const [, time = '', signature] = /^t=(\d{13}),v1=(.+)$/.exec(String(headers['fw-webhooks-signature'])) ?? [];
    const { webhookSecret } = emulator.firework;
    expect(signature).toBe(createHmac('sha256', webhookSecret).update(`${time}.${body}`).digest('base64'));
    expect(Math.abs(Date.now() - Number(time))).toBeLessThan(5_000);
  });

  it('tell of created and updated videos', async () => {
    const emulator = await emulate({ firework: { webhookUrl, transcodingMs: 0 } });
    const { id } = await create(emulator);
    await expect.poll(events).toMatchObject([{ event: 'video_created', video: { id } }]);
    await callFirework(emulator, `/api/v1/videos/${id}`, { body: { caption: 'New' }, method: 'PATCH' });
    await expect.poll(events).toMatchObject([{}, { event: 'video_updated', video: { id, caption: 'New' } }]);
    await expect.poll(() => emulator.firework.webhooks()).toMatchObject([{ delivered: true }, { delivered: true }]);
  });

  it('carry the import’s id, also when transcoding failed', async () => {
    const emulator = await emulate({ firework: { webhookUrl, transcodingMs: 0, failTranscoding: true } });
    const { id } = await create(emulator, { async: true });
    await expect.poll(() => events().length).toBe(2);
    // They go out at once, and may arrive in either order.
    const wanted = ['video_created', 'video_import_failed'].map((event) =>
      expect.objectContaining({ event, import_id: id }),
    );
    expect(events()).toEqual(expect.arrayContaining(wanted));
  });

  it('tell of imports that failed', async () => {
    const emulator = await emulate({ firework: { webhookUrl } });
    const { id } = await create(emulator, { async: true, url: `${emulator.media.url}/missing.mp4` });
    await expect.poll(events).toEqual([{ event: 'video_import_failed', import_id: id }]);
  });

  it('are tried up to six times', async () => {
    status = 503;
    const emulator = await emulate({ firework: { webhookUrl, transcodingMs: 0 } });
    await create(emulator);
    for (let tries = 1; tries <= 6; tries += 1) {
      await expect.poll(() => emulator.firework.webhooks()[0]?.tries.at(tries - 1)?.status).toBe(503);
      emulator.clock.advance(60_000);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(received.length).toBe(6);
    expect(emulator.firework.webhooks()).toMatchObject([{ delivered: false }]);
  });

  it('end with the first 2xx', async () => {
    status = 500;
    const emulator = await emulate({ firework: { webhookUrl, transcodingMs: 0 } });
    await create(emulator);
    await expect.poll(() => emulator.firework.webhooks()[0]?.tries[0]?.status).toBe(500);
    status = 204;
    emulator.clock.advance(60_000);
    await expect
      .poll(() => emulator.firework.webhooks()[0])
      .toMatchObject({ delivered: true, tries: [{}, { status: 204 }] });
  });

  it('go nowhere until somebody says where', async () => {
    const emulator = await emulate({ firework: { transcodingMs: 0 } });
    await create(emulator);
    await expect.poll(() => emulator.firework.videos()[0]?.transcoding).toBe('completed');
    expect(emulator.firework.webhooks()).toEqual([]);
    emulator.firework.setWebhookUrl(webhookUrl);
    await create(emulator);
    await expect.poll(() => received.length).toBe(1);
  });
});
