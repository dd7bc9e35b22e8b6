import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmulator } from '../src/index.js';
import { ask, callFirework, signParts } from './firework-support.js';
import { curl } from './support.js';

/** What keeps this process alive, of the kinds that an emulator makes. */
function held(): string[] {
  const kinds = ['Timeout', 'Immediate', 'TCPServerWrap', 'TCPSocketWrap', 'TCPConnectWrap'];
  return process.getActiveResourcesInfo().filter((kind) => kinds.includes(kind));
}

describe('a closed emulator', () => {
  it('has left no timer, no socket and no file, whatever it was in the middle of', async () => {
    const before = held();
    const emulator = await startEmulator({
      importly: { limits: 'none', queuedMs: 0, runningMs: 0 },
      faults: [{ on: 'status', kind: 'latency', latencyMs: 60_000 }],
    });
    const { baseUrl, apiKey } = emulator.importly;
    const authorization = ['-H', `Authorization: Bearer ${apiKey}`];
    const post = (request: object) =>
      curl(...authorization, '-X', 'POST', `${baseUrl}/import`, '-d', JSON.stringify(request));
    const source = emulator.media.files[0]?.url;
    await post({ url: `${emulator.media.url}/padded/50000000/slow.mp4?rate=1000` });
    await post({ url: source, store: true, webhookUrl: 'http://127.0.0.1:9/refused' });
    emulator.firework.setWebhookUrl('http://127.0.0.1:9/refused');
    const video = { channel_id: emulator.firework.channelId, caption: 'x', async: true };
    for (const url of [source, `${emulator.media.url}/padded/50000000/slow.mp4?rate=1000`]) {
      await callFirework(emulator, '/api/v1/videos', { body: { ...video, url } });
    }
    const { parts } = await signParts(emulator, 1);
    emulator.faults.add({ on: 'part', kind: 'stall', afterBytes: 10 });
    const put = ask('--data-binary', 'x'.repeat(100_000), '-X', 'PUT', parts[0]?.signature.put_url ?? '');
    await expect.poll(() => emulator.firework.counts().part).toBe(1);
    const waiting = curl(...authorization, `${baseUrl}/import/status?id=x`);
    const outcome = waiting.catch((error: { code: number }) => error.code);
    await expect.poll(() => emulator.importly.webhooks()[0]?.tries.length).toBe(1);
    await expect.poll(() => emulator.importly.counts().statuses).toBe(1);
    expect(held().length).toBeGreaterThan(before.length);
    await emulator.close();
    expect((await put).status).toBe(0);
    // 52 or 56: the connection was closed under curl.
    expect([52, 56]).toContain(await outcome);
    await expect.poll(held).toEqual(before);
  });

  it('has left the folder that it was given, with what it kept', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-test-'));
    const emulator = await startEmulator({ directory });
    await emulator.close();
    await access(join(directory, 's3'));
    await rm(directory, { recursive: true });
  });
});
