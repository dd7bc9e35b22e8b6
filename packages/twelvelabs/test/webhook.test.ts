import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Sluice } from '@sluice/core';
import { describe, expect, test } from 'vitest';
import { closeAfterwards, connect, sampleOf } from './emulation.js';

/** A receiver that hands everything to the client, as an application's would. */
async function receiverOf(sluice: Sluice): Promise<string> {
  const read = async (incoming: IncomingMessage): Promise<Request> => {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(Buffer.from(piece));
    const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
    return new Request('http://receiver/', { method: 'POST', headers, body: Buffer.concat(pieces) });
  };
  const server = createServer((incoming, outgoing) => {
    void read(incoming)
      .then((request) => sluice.webhook('search', request))
      .then(({ status }) => outgoing.writeHead(status).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
}

describe('a delivery', () => {
  test('that TwelveLabs signed has its job looked at, long before the next look', async () => {
    const webhook = { secret: 'twelvelabs-emulator-webhook-secret' };
    const { emulator, sluice } = await connect({}, { pollIntervalMs: 3_000, webhook });
    emulator.twelvelabs.setWebhookUrl(await receiverOf(sluice));
    const job = await sluice.import({ source: sampleOf(emulator).url });
    // One look for the asset, and what is after it comes by the delivery.
    const { state } = await job.wait({ timeoutMs: 5_500 });
    expect(state).toBe('completed');
    const answered = { event: 'index.task.ready', delivered: true, tries: [{ status: 200 }] };
    await expect.poll(() => emulator.twelvelabs.webhooks()).toMatchObject([answered]);
  });

  test('of somebody else, or twice the same, changes nothing', async () => {
    const { emulator, sluice, bring } = await connect({}, { webhook: { secret: 'another-secret-of-mine' } });
    emulator.twelvelabs.setWebhookUrl(await receiverOf(sluice));
    await bring({ source: sampleOf(emulator).url });
    await expect.poll(() => emulator.twelvelabs.webhooks()[0]?.tries[0]?.status).toBe(401);

    const second = await connect(
      { faults: [{ on: 'webhook', kind: 'duplicate-delivery' }] },
      { webhook: { secret: 'twelvelabs-emulator-webhook-secret' } },
    );
    second.emulator.twelvelabs.setWebhookUrl(await receiverOf(second.sluice));
    expect((await second.bring({ source: sampleOf(second.emulator).url })).state).toBe('completed');
    await expect.poll(() => second.emulator.twelvelabs.webhooks()[0]?.delivered).toBe(true);
    expect(second.emulator.twelvelabs.counts()).toMatchObject({ indexedCreated: 1 });
  });

  test('about one video of a bucket finds no job, and disturbs none', async () => {
    const { emulator, sluice, bring } = await connect();
    emulator.twelvelabs.setWebhookUrl(await receiverOf(sluice));
    await emulator.twelvelabs.addFile(
      'one.mp4',
      new Uint8Array(await (await fetch(sampleOf(emulator).url)).arrayBuffer()),
    );
    const { state } = await bring({ source: { kind: 'integration', id: emulator.twelvelabs.integrationId } });
    expect(state).toBe('completed');
    await expect.poll(() => emulator.twelvelabs.webhooks()[0]?.delivered).toBe(true);
  });
});
