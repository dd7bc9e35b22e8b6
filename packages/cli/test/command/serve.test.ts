import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { jobOf, makeWorld, type Running, type World } from './support.js';

const readySchema = z.object({ type: z.literal('ready'), url: z.string(), receivers: z.array(z.string()) });

/** `sluice serve` on a free port, and where it listens. */
async function serve(world: World, ...words: string[]): Promise<Running & { url: string; lines(): string[] }> {
  const running = world.start('serve', '--port', '0', '--json', ...words);
  let stdout = '';
  running.child.stdout?.on('data', (text: string) => {
    stdout += text;
  });
  const lines = () => stdout.split('\n').slice(0, -1);
  await running.said(/"type":"ready"/);
  const { url } = await vi.waitFor(() => readySchema.parse(JSON.parse(lines()[0] ?? '')), 20_000);
  return { ...running, url, lines };
}

/** Importly, whose next look at a job is an hour away: only a delivery brings one sooner. */
const rareLooks = { pollIntervalMs: 3_600_000 };

/** A configuration with Importly and the emulated Firework. */
function both({ emulator, configuration }: World): object {
  const { clientId, clientSecret, channelId, baseUrl } = emulator.firework;
  const webhook = { secret: 'serve-webhook-secret' };
  const shop = {
    adapter: '@sluice/firework',
    ...{ clientId, clientSecret, channelId, baseUrl },
    webhook,
    ...rareLooks,
  };
  const base: { providers?: object } = configuration(rareLooks);
  return { ...base, providers: { ...base.providers, shop } };
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function post(url: string, body = '{}', init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, { method: 'POST', body, ...init });
  await response.text();
  return response.status;
}

describe('sluice serve', () => {
  it('brings an import to its end by the delivery that Importly sends', async () => {
    const world = await makeWorld({}, rareLooks);
    const { url, lines, child, ended } = await serve(world);
    const hook = `webhookUrl=${url}/webhooks/importly`;
    const handed = jobOf(await world.sluice('import', world.source, '--option', hook, '--no-wait', '--json'));
    await vi.waitFor(() => expect(lines().join('\n')).toMatch(/"path":"\/webhooks\/importly","status":200/), 20_000);
    await vi.waitFor(
      async () => expect((await world.sluice('status', handed.id, '--json')).stdout).toContain('"state":"completed"'),
      { timeout: 20_000, interval: 300 },
    );
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(lines().at(-1)).toContain('"type":"stopped"');
  });

  it('takes the signed deliveries of Firework', async () => {
    const world = await makeWorld({ firework: { transcodingMs: 20, webhookSecret: 'serve-webhook-secret' } });
    const configuration = both(world);
    await world.write('sluice.config.json', configuration);
    const { url, lines } = await serve(world);
    world.emulator.firework.setWebhookUrl(`${url}/webhooks/shop`);
    const words = ['--provider', 'shop', '--option', 'async=true', '--no-wait', '--json'];
    const handed = jobOf(await world.sluice('import', world.source, ...words));
    await vi.waitFor(
      async () => expect((await world.sluice('status', handed.id, '--json')).stdout).toContain('"state":"completed"'),
      { timeout: 20_000, interval: 300 },
    );
    expect(lines().some((line) => line.includes('"path":"/webhooks/shop","status":200'))).toBe(true);
    expect(await post(`${url}/webhooks/shop`, '{"type":"video_import.completed"}')).toBe(401);
  });

  it('refuses what is no delivery, and shows no secret of it', async () => {
    const world = await makeWorld();
    const { url, lines } = await serve(world, '--base-path', '/in');
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
    expect(await post(`${url}/health`)).toBe(405);
    expect(await post(`${url}/in/nobody`)).toBe(404);
    expect(await post(`${url}/webhooks/importly`)).toBe(404);
    expect(await post(`${url}/in/importly`, '{}', { method: 'DELETE' })).toBe(405);
    expect(await post(`${url}/in/importly`, 'x'.repeat(1_100_000))).toBe(413);
    expect(await post(`${url}/in/importly`, 'no json')).toBe(400);
    const token = 'a1b2c3d4'.repeat(4);
    expect(await post(`${url}/in/importly/job_abc123/${token}?hush=query-hush`)).toBe(401);
    await vi.waitFor(
      () => expect(lines().filter((line) => line.includes('"type":"delivery"'))).toHaveLength(6),
      20_000,
    );
    expect(lines().join('\n')).not.toMatch(new RegExp(`${token}|query-hush`));
  });

  it('carries on what others left', async () => {
    const world = await makeWorld();
    const handed = jobOf(await world.sluice('import', world.source, '--no-wait', '--json'));
    await serve(world);
    await vi.waitFor(
      async () => expect((await world.sluice('status', handed.id, '--json')).stdout).toContain('"state":"completed"'),
      { timeout: 20_000, interval: 300 },
    );
  });

  it('says in one line why it cannot listen', async () => {
    const world = await makeWorld();
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const taken = await world.sluice('serve', '--port', String(port));
    expect(taken).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/--port \d+: something else/) });
    const nowhere = await world.sluice('serve', '--port', '0', '--host', '192.0.2.1');
    expect(nowhere).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/--host 192\.0\.2\.1/) });
  });
});
