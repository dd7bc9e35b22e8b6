import { describe, expect, it } from 'vitest';
import { type EmulatorLogEntry, startEmulator } from '../src/index.js';
import { callFirework, signParts, tokenOf } from './firework-support.js';
import { call, curl, emulate, finish, sample, start } from './support.js';

const JSON_HEADER = ['-H', 'Content-Type: application/json'];

describe('the control interface', () => {
  it('shows the state, without a secret', async () => {
    const emulator = await emulate();
    await finish(emulator, await start(emulator, { url: sample(emulator) }));
    const text = await curl(`${emulator.url}/_emulator/state`);
    const state = JSON.parse(text);
    expect(state).toMatchObject({
      url: emulator.url,
      clock: { speed: 1 },
      importly: {
        baseUrl: emulator.importly.baseUrl,
        counts: { starts: 1, startsAccepted: 1 },
        imports: [{ status: 'completed', request: { url: sample(emulator) } }],
      },
      s3: { endpoint: emulator.s3.endpoint },
      media: { files: [{ name: 'sample.mp4' }, { name: 'tall.mp4' }, { name: 'tone.m4a' }] },
    });
    expect(state.importly.requests[0]).toMatchObject({ method: 'POST', endpoint: '/import', status: 200 });
    expect(text).not.toContain(emulator.importly.apiKey);
    expect(text).not.toContain(emulator.s3.secretAccessKey);
  });

  it('switches faults on and off', async () => {
    const emulator = await emulate();
    const faults = `${emulator.url}/_emulator/faults`;
    await curl('-X', 'POST', faults, ...JSON_HEADER, '-d', '{"on":"status","kind":"error-500-before"}');
    expect((await call(emulator, '/import/status?id=x')).status).toBe(500);
    await curl('-X', 'DELETE', faults);
    expect((await call(emulator, '/import/status?id=x')).status).toBe(404);
    const list = '[{"on":"status","kind":"error-502"},{"on":"store","kind":"latency"}]';
    const added = JSON.parse(await curl('-X', 'POST', faults, ...JSON_HEADER, '-d', list));
    expect(added.map(({ fired }: { fired: number }) => fired)).toEqual([1, 0, 0]);
  });

  it('says what is wrong with a rule, and adds none of the list', async () => {
    const emulator = await emulate();
    const list = '[{"on":"status","kind":"error-502"},{"on":"status","kind":"stall"}]';
    const { error } = JSON.parse(
      await curl('-X', 'POST', `${emulator.url}/_emulator/faults`, ...JSON_HEADER, '-d', list),
    );
    expect(error).toContain('no such fault on status: stall');
    expect(emulator.faults.fired()).toEqual([]);
  });

  it('moves the clock and fills the account', async () => {
    const emulator = await emulate();
    const before = emulator.clock.now();
    await curl('-X', 'POST', `${emulator.url}/_emulator/clock`, ...JSON_HEADER, '-d', '{"advanceMs":3600000}');
    expect(emulator.clock.now()).toBeGreaterThanOrEqual(before + 3_600_000);
    await curl('-X', 'POST', `${emulator.url}/_emulator/importly`, ...JSON_HEADER, '-d', '{"credits":0}');
    expect((await call(emulator, '/import', { body: { url: sample(emulator) } })).status).toBe(402);
  });

  it('steers Firework, and shows it without a secret', async () => {
    const emulator = await emulate();
    const { firework } = emulator;
    const token = await tokenOf(emulator);
    await callFirework(emulator, '/api/v1/videos', {
      token,
      body: { channel_id: firework.channelId, caption: 'x', url: sample(emulator) },
    });
    await signParts(emulator, 2);
    const steer = (change: object) =>
      curl('-X', 'POST', `${emulator.url}/_emulator/firework`, ...JSON_HEADER, '-d', JSON.stringify(change));
    expect(JSON.parse(await steer({ webhookUrl: 'ftp://nowhere' })).error).toContain('webhookUrl');
    await steer({ webhookUrl: 'http://127.0.0.1:9/hook', failTranscoding: true, revokeTokens: true });
    expect((await callFirework(emulator, '/api/v1/videos/x', { token })).status).toBe(401);
    await callFirework(emulator, '/api/v1/videos', {
      body: { channel_id: firework.channelId, caption: 'y', url: sample(emulator) },
    });
    emulator.clock.advance(10_000);
    await expect.poll(() => firework.videos()[1]?.transcoding).toBe('failed');
    await expect.poll(() => firework.webhooks().length).toBeGreaterThan(0);
    await steer({ webhookUrl: null });
    const text = await curl(`${emulator.url}/_emulator/state`);
    expect(JSON.parse(text).firework).toMatchObject({
      baseUrl: firework.baseUrl,
      counts: { create: 2, videosCreated: 2 },
      videos: [{ caption: 'x' }, { caption: 'y' }],
      uploads: [{ way: 'parts', partsCount: 2 }],
    });
    for (const secret of [firework.clientSecret, firework.webhookSecret, token, 'X-Amz-Signature']) {
      expect(text).not.toContain(secret);
    }
  });

  it('tells what leads to each provider', async () => {
    const { providers, importly, firework, videoCdn, twelvelabs } = await emulate();
    const { clientId, clientSecret, channelId } = firework;
    const { apiKey, indexId } = twelvelabs;
    expect(providers).toEqual({
      importly: { adapter: '@sluice/importly', apiKey: importly.apiKey, baseUrl: importly.baseUrl },
      firework: { adapter: '@sluice/firework', clientId, clientSecret, channelId, baseUrl: firework.baseUrl },
      'video-cdn': {
        adapter: '@sluice/video-cdn',
        login: videoCdn.login,
        password: videoCdn.password,
        baseUrl: videoCdn.baseUrl,
      },
      twelvelabs: { adapter: '@sluice/twelvelabs', apiKey, indexId, baseUrl: twelvelabs.baseUrl },
    });
  });

  it('has a sign at the door', async () => {
    const emulator = await emulate();
    expect(await curl(emulator.url)).toContain(emulator.importly.baseUrl);
  });
});

describe('the log', () => {
  it('tells what was asked and done, and holds no key, no query and no signature', async () => {
    const entries: EmulatorLogEntry[] = [];
    const emulator = await emulate({ log: (entry) => entries.push(entry) });
    const { host } = new URL(emulator.url);
    const url = `http://user:pass-word@${host}/media/sample.mp4?token=secret-token`;
    const webhookUrl = `http://${host}/missing?token=secret-token`;
    await finish(emulator, await start(emulator, { url, webhookUrl, store: true }));
    await call(emulator, `/metadata?url=${encodeURIComponent(url)}`, { key: 'a-guessed-key' });
    await fetch(`${emulator.s3.endpoint}/${emulator.s3.bucket}/k?X-Amz-Algorithm=x&X-Amz-Signature=secret-signature`);
    await expect.poll(() => entries.some(({ note }) => note.startsWith('webhook'))).toBe(true);
    const lines = entries.map(({ provider, method, path, status }) => `${provider} ${method} ${path} ${status}`);
    expect(lines).toContain('importly POST /importly/import 200');
    expect(lines).toContain('media GET /media/sample.mp4?token=*** 200');
    expect(lines).toContain(`importly GET /importly/metadata?url=http://***@${host}/media/sample.mp4?*** 401`);
    expect(lines).toContain(`s3 PUT /${emulator.s3.bucket}/Sluice%20sample.mp4?x-id=PutObject 200`);
    expect(JSON.stringify(entries)).not.toMatch(/pass-word|secret|guessed|emulator-key/);
    const newest = JSON.parse(await curl(`${emulator.url}/_emulator/log?limit=2`));
    expect(newest).toEqual(entries.slice(-2));
  });
});

describe('starting', () => {
  it('refuses what makes no sense, and leaves nothing behind', async () => {
    await expect(startEmulator({ speed: 0 })).rejects.toThrow('speed');
    await expect(startEmulator({ importly: { apiKey: [] } })).rejects.toThrow('apiKey');
    await expect(startEmulator({ faults: [{ on: 'store', kind: 'stall' }] })).rejects.toThrow('no such fault');
    const emulator = await emulate();
    const port = Number(new URL(emulator.url).port);
    await expect(startEmulator({ port })).rejects.toThrow('EADDRINUSE');
  });
});
