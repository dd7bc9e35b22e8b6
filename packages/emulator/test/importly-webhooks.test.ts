import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { call, emulate, finish, sample, start } from './support.js';

interface Delivery {
  headers: IncomingHttpHeaders;
  body: unknown;
}

const closers: (() => Promise<unknown>)[] = [];

afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** Receives deliveries and answers each with the next of the statuses, in the end with 200. */
async function receive(...statuses: number[]): Promise<{ url: string; deliveries: Delivery[] }> {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      deliveries.push({ headers: request.headers, body: JSON.parse(body) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/hook?token=secret`, deliveries };
}

describe('webhooks', () => {
  it('bring a flat body when an import has completed', async () => {
    const receiver = await receive();
    const emulator = await emulate();
    const request = { url: sample(emulator), webhookUrl: receiver.url, store: true };
    const id = await start(emulator, request);
    await expect.poll(() => receiver.deliveries.length).toBe(1);
    const url = `${emulator.s3.endpoint}/${emulator.s3.bucket}/Sluice%20sample.mp4`;
    expect(receiver.deliveries[0]?.headers['content-type']).toBe('application/json');
    expect(receiver.deliveries[0]?.body).toEqual({
      jobId: id,
      status: 'completed',
      mediaUrl: url,
      creditsUsed: 1,
      message: 'Import completed successfully and uploaded to S3',
      s3Storage: { url, bucket: emulator.s3.bucket, key: 'Sluice sample.mp4' },
    });
    await expect
      .poll(() => emulator.importly.webhooks())
      .toMatchObject([{ event: 'import.completed', jobId: id, delivered: true, tries: [{ status: 200 }] }]);
  });

  it('tell of failures and of metadata, and name the event where the settings say', async () => {
    const receiver = await receive();
    const inHeader = await emulate({ importly: { webhookEvent: { header: 'x-importly-event' } } });
    const inBody = await emulate({ importly: { webhookEvent: { body: 'event' } } });
    const id = await start(inHeader, { url: `${inHeader.media.url}/missing.mp4`, webhookUrl: receiver.url });
    await expect.poll(() => receiver.deliveries.length).toBe(1);
    expect(receiver.deliveries[0]?.headers['x-importly-event']).toBe('import.failed');
    expect(receiver.deliveries[0]?.body).toEqual({
      jobId: id,
      status: 'failed',
      message: 'Failed to download media from URL: the source answered 404',
    });
    const { data } = await call(inBody, '/metadata/basic', { body: { url: sample(inBody), webhookUrl: receiver.url } });
    await expect.poll(() => receiver.deliveries.length).toBe(2);
    expect(receiver.deliveries[1]?.body).toEqual({
      event: 'metadata.completed',
      jobId: data.jobId,
      status: 'completed',
      title: 'Sluice sample',
      duration: 6,
      thumbnail: null,
    });
  });

  it('are tried again a minute later on the provider’s clock, three times in all', async () => {
    const receiver = await receive(500, 404);
    const emulator = await emulate();
    await start(emulator, { url: sample(emulator), webhookUrl: receiver.url });
    const tries = () => emulator.importly.webhooks()[0]?.tries.map(({ status }) => status);
    await expect.poll(tries).toEqual([500]);
    emulator.clock.advance(60_000);
    await expect.poll(tries).toEqual([500, 404]);
    emulator.clock.advance(60_000);
    await expect.poll(tries).toEqual([500, 404, 200]);
    await expect.poll(() => emulator.importly.webhooks()[0]?.delivered).toBe(true);
  });

  it('are given up after the last try', async () => {
    const emulator = await emulate({ importly: { webhookRetries: { tries: 2, everyMs: 0 } } });
    await start(emulator, { url: sample(emulator), webhookUrl: 'http://127.0.0.1:9/' });
    await expect
      .poll(() => emulator.importly.webhooks()[0]?.tries)
      .toMatchObject([{ status: null, error: expect.stringContaining('ECONNREFUSED') }, { status: null }]);
    expect(emulator.importly.webhooks()[0]?.delivered).toBe(false);
  });

  it('come twice, never, or again after a lost answer, by fault', async () => {
    const receiver = await receive();
    const emulator = await emulate({
      importly: { webhookRetries: { tries: 3, everyMs: 0 } },
      faults: [
        { on: 'webhook', kind: 'duplicate-delivery', times: 1 },
        { on: 'webhook', kind: 'reset-before', times: 3, skip: 0 },
        { on: 'webhook', kind: 'lost-answer', times: 1, skip: 1 },
      ],
    });
    const request = { url: sample(emulator), webhookUrl: receiver.url };
    const deliver = async () => {
      const before = receiver.deliveries.length;
      await finish(emulator, await start(emulator, request));
      const last = () => emulator.importly.webhooks().at(-1);
      await expect.poll(() => last()?.delivered === true || last()?.tries.length === 3).toBe(true);
      return receiver.deliveries.length - before;
    };
    expect(await deliver()).toBe(2);
    expect(await deliver()).toBe(0);
    expect(await deliver()).toBe(2);
  });
});
