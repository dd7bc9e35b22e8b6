import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Sluice } from '@sluice/core';
import { describe, expect, test, vi } from 'vitest';
import { closeAfterwards, connect, sampleOf } from './emulation.js';

const inBackground = { firework: { async: true } };

describe('an import by URL', () => {
  test.each([
    ['within the call', {}],
    ['in the background', inBackground],
  ])('%s brings the very bytes', async (_what, options) => {
    const { emulator, bring } = await connect();
    const { url, sha256 } = sampleOf(emulator);
    const { state, items, warnings } = await bring({ source: url, options });
    const [video] = emulator.firework.videos();
    expect({ state, warnings }).toEqual({ state: 'completed', warnings: [] });
    expect(items).toMatchObject([{ ok: true, asset: { id: video?.id } }]);
    expect(video).toMatchObject({ way: 'url', sha256, caption: 'sample.mp4', transcoding: expect.any(String) });
  });

  test('within the call is a job to be followed while Firework still downloads, and ends though nobody follows it', async () => {
    const { emulator, sluice } = await connect({ faults: [{ on: 'create', kind: 'latency', latencyMs: 2_000 }] });
    const { id, snapshot } = await sluice.import({ source: sampleOf(emulator).url });
    expect(snapshot).toMatchObject({ state: 'queued', phase: 'provider' });
    expect(emulator.firework.videos()).toEqual([]);
    const isOver = async () => expect((await sluice.job(id)).snapshot.state).toBe('completed');
    await vi.waitFor(isOver, { timeout: 20_000, interval: 100 });
    expect(emulator.firework.counts()).toMatchObject({ create: 1, videosCreated: 1 });
  });

  test('that cannot be read is refused within the call, and errored in the background', async () => {
    const { emulator, bring } = await connect();
    const source = `${emulator.media.url}/missing.mp4`;
    await expect(bring({ source })).rejects.toMatchObject({ code: 'invalid-request', status: 400 });
    await expect(bring({ source, options: inBackground })).rejects.toMatchObject({ code: 'source-unreachable' });
    expect(emulator.firework.videos()).toEqual([]);
  });

  test('whose transcoding fails is no success, though its video is there', async () => {
    const { emulator, bring } = await connect({ firework: { failTranscoding: true } });
    const importing = bring({ source: sampleOf(emulator).url, options: inBackground });
    const left = expect.stringMatching(/gives no reason.*; a video \S+ was made of it/);
    await expect(importing).rejects.toMatchObject({ code: 'source-unreachable', message: left });
    expect(emulator.firework.videos()).toHaveLength(1);
  });

  test('looks that fail in every way do not fail it', async () => {
    const kinds = ['error-500-before', 'error-502', 'reset-before', 'lost-answer', 'unauthorized'] as const;
    const faults = kinds.map((kind) => ({ on: 'import-status' as const, kind, times: 1 }));
    const { emulator, bring } = await connect({ faults });
    expect((await bring({ source: sampleOf(emulator).url, options: inBackground })).state).toBe('completed');
    expect(emulator.faults.fired().map(({ fired }) => fired)).toEqual(kinds.map(() => 1));
    expect(emulator.firework.counts().create).toBe(1);
  });

  test('a channel that is full is tried again', async () => {
    const { emulator, bring } = await connect({ firework: { limits: { videos: { max: 1, windowMs: 400 } } } });
    const { url } = sampleOf(emulator);
    const states = await Promise.all([bring({ source: url }), bring({ source: url })]);
    expect(states.map(({ state }) => state)).toEqual(['completed', 'completed']);
    expect(emulator.firework.counts()).toMatchObject({ videosCreated: 2 });
  });
});

describe('the token', () => {
  test.each(['body', 'basic'] as const)('is had with the secret in the %s', async (auth) => {
    const { emulator, bring } = await connect({}, { auth });
    expect((await bring({ source: sampleOf(emulator).url })).state).toBe('completed');
  });

  test('is renewed when it was revoked, and nothing is made twice', async () => {
    const { emulator, bring } = await connect();
    const { url } = sampleOf(emulator);
    await bring({ source: url });
    emulator.firework.revokeTokens();
    expect((await bring({ source: url })).state).toBe('completed');
    expect(emulator.firework.counts()).toMatchObject({ token: 2, videosCreated: 2 });
  });

  test('is not had with a wrong secret, or for a scope that was not granted', async () => {
    for (const settings of [{ clientSecret: 'wrong' }, { scopes: ['livestreams:write'] }]) {
      const { emulator, bring } = await connect({}, settings);
      await expect(bring({ source: sampleOf(emulator).url })).rejects.toMatchObject({
        code: 'clientSecret' in settings ? 'auth' : 'invalid-request',
      });
    }
  });
});

describe('a video that is there', () => {
  test('can be looked at and changed', async () => {
    const { emulator, sluice, bring } = await connect();
    const { items } = await bring({ source: sampleOf(emulator).url, options: { firework: { product_ids: ['123'] } } });
    const [item] = items;
    const id = item?.ok === true ? item.asset.id : '';
    const shop = sluice.provider('shop');
    expect(await shop.video(id)).toMatchObject({ id, caption: 'sample.mp4', product_ids: ['FwProduct123'] });
    const patch = { caption: 'Another', product_ids: ['234'], custom_fields: { season: 'summer' } };
    expect(await shop.updateVideo(id, patch)).toMatchObject({ caption: 'Another', product_ids: ['FwProduct234'] });
    expect(await shop.video(id)).toMatchObject({ caption: 'Another', custom_fields: { season: 'summer' } });
  });

  test('and one that is not says so', async () => {
    const { sluice } = await connect();
    await expect(sluice.provider('shop').video('nowhere')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a webhook', () => {
  test('ends the waiting long before the next look', async () => {
    const secret = 'firework-emulator-webhook-secret';
    const { emulator, sluice, bring } = await connect({}, { pollIntervalMs: 600_000, webhook: { secret } });
    expect(emulator.firework.webhookSecret).toBe(secret);
    const receiver = await receive(sluice);
    emulator.firework.setWebhookUrl(receiver.url);
    expect((await bring({ source: sampleOf(emulator).url, options: inBackground })).state).toBe('completed');
    await expect.poll(() => receiver.statuses).toContain(200);
    expect(new Set(receiver.statuses)).toEqual(new Set([200]));
  });

  test('signed with another secret is refused', async () => {
    const { emulator, sluice, bring } = await connect({}, { webhook: { secret: 'another-secret' } });
    const receiver = await receive(sluice);
    emulator.firework.setWebhookUrl(receiver.url);
    await bring({ source: sampleOf(emulator).url, options: inBackground });
    await expect.poll(() => receiver.statuses).toContain(401);
  });
});

/** What an application's own route does: hand the delivery over, answer with the status. */
async function receive(sluice: Pick<Sluice, 'webhook'>): Promise<{ url: string; statuses: number[] }> {
  const statuses: number[] = [];
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const request = new Request('http://receiver.example/hook', {
      method: 'POST',
      headers,
      body: Buffer.concat(chunks),
    });
    const { status } = await sluice.webhook('shop', request);
    statuses.push(status);
    outgoing.writeHead(status).end();
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  closeAfterwards(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/hook`, statuses };
}
