import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { createBytePlane } from '../../src/platform/node-bytes/create.js';
import { listen } from '../support/servers.js';
import { taking, transferOf } from './transfers.js';

const [ca, key] = ['certificate', 'key'].map((name) =>
  readFileSync(new URL(`../fixtures/loopback-${name}.pem`, import.meta.url), 'utf8'),
);
const whole = Uint8Array.from({ length: 50_000 }, (_, index) => index % 251);
const cut = { partSize: 20_000 };

interface Seen {
  target: string | undefined;
  authorization: string | undefined;
}

/** A store behind TLS that only the name api.acme.example leads to, and what it was sent. */
async function privateStore() {
  const taken = new Map<string, string>();
  const connections = { count: 0 };
  const server = createHttpsServer({ cert: ca, key });
  server.on('secureConnection', () => {
    connections.count += 1;
  });
  const { port } = await listen(
    taking((body, response, request) => {
      taken.set(request.url ?? '', createHash('sha256').update(body).digest('hex'));
      response.setHeader('etag', '"a"').end();
    }),
    server,
  );
  return { port, taken, connections };
}

/** A proxy that connects every name to `port` on this machine; or answers `refuse`, or nothing at all. */
async function proxyTo(
  port: number,
  { refuse, secure = false }: { refuse?: number | 'silence'; secure?: boolean } = {},
) {
  const seen: Seen[] = [];
  const server: Server = secure ? createHttpsServer({ cert: ca, key }) : createHttpServer();
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    seen.push({ target: request.url, authorization: request.headers['proxy-authorization'] });
    onTestFinished(() => void socket.destroy());
    if (refuse === 'silence') return;
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
  });
  const { url } = await listen(() => undefined, server);
  return { url: secure ? url.replace('http:', 'https:') : url, seen };
}

function through(proxy: string) {
  const plane = createBytePlane({ proxy, ...(ca !== undefined && { ca }) });
  onTestFinished(() => plane.close());
  return plane;
}

test.each([false, true])(
  'parts go through the tunnel of a proxy, its own credentials with them (proxy over TLS: %s)',
  async (secure) => {
    const store = await privateStore();
    const proxy = await proxyTo(store.port, { secure });
    const plane = through(proxy.url.replace('://', '://ann:s3cret%20pass@'));
    await plane.sendParts(transferOf(whole, { ...cut, url: 'https://api.acme.example' }));
    const sent = [0, 1, 2].map((index) => whole.subarray(index * 20_000, (index + 1) * 20_000));
    const digests = sent.map((part, index) => [`/${index + 1}`, createHash('sha256').update(part).digest('hex')]);
    expect(Object.fromEntries(store.taken)).toEqual(Object.fromEntries(digests));
    const authorization = `Basic ${Buffer.from('ann:s3cret pass').toString('base64')}`;
    expect(new Set(proxy.seen.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ target: 'api.acme.example:443', authorization })]),
    );
  },
);

test('a tunnel is kept for the next part', async () => {
  const store = await privateStore();
  const proxy = await proxyTo(store.port);
  await through(proxy.url).sendParts(transferOf(whole, { ...cut, url: 'https://api.acme.example' }, { inFlight: 1 }));
  expect(store.taken.size).toBe(3);
  expect(proxy.seen).toHaveLength(1);
  expect(store.connections.count).toBe(1);
});

test('a proxy that refuses is named, and nothing was sent', async () => {
  const store = await privateStore();
  const proxy = await proxyTo(store.port, { refuse: 407 });
  const sent = through(proxy.url).sendParts(transferOf(whole, { ...cut, url: 'https://api.acme.example' }));
  await expect(sent).rejects.toMatchObject({
    code: 'unavailable',
    message: 'network.proxy: the proxy answers 407 and makes no connection; nothing was sent',
  });
  expect(store.taken.size).toBe(0);
});

test('an abort gives up a tunnel that is being made', async () => {
  const proxy = await proxyTo(0, { refuse: 'silence' });
  const stop = new AbortController();
  const sent = through(proxy.url).sendParts(
    transferOf(whole, { ...cut, url: 'https://api.acme.example' }, { inFlight: 1, signal: stop.signal }),
  );
  await expect.poll(() => proxy.seen.length).toBe(1);
  stop.abort(new Error('enough'));
  await expect(sent).rejects.toMatchObject({ code: 'aborted' });
});

test('behind a proxy, bytes to a plain http address are refused in words before a connection is made', async () => {
  const proxy = await proxyTo(0);
  const sent = through(proxy.url).sendParts(transferOf(whole, { ...cut, url: 'http://api.acme.example' }));
  await expect(sent).rejects.toMatchObject({
    code: 'unsupported',
    message: 'bytes go through network.proxy only to https addresses, and this one is http; nothing was sent',
  });
  expect(proxy.seen).toEqual([]);
});
