import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/model/error.js';
import { createFetch as createWebFetch } from '../../src/platform/web.js';
import { type CallFetch, callsOver } from '../../src/wire/call-fetch.js';
import { makeHttp } from '../support/http.js';
import { impatientClock } from '../support/manual-clock.js';
import { listen, platformCalls, platformFetch } from '../support/servers.js';

/** Made for 127.0.0.1 and api.acme.example, valid for a hundred years, trusted by nobody. */
const certificate = fixture('loopback-certificate.pem');
const key = fixture('loopback-key.pem');

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
}

async function privateServer() {
  const server = createHttpsServer({ cert: certificate, key });
  const { port } = await listen((request, response) => response.end(JSON.stringify({ path: request.url })), server);
  return { port, url: `https://127.0.0.1:${port}` };
}

/** A proxy that connects every name to `port` on this machine, or answers `refuse`. */
async function proxyTo(port: number, refuse?: number) {
  const seen: { target: string | undefined; authorization: string | undefined }[] = [];
  const server = createHttpServer();
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    seen.push({ target: request.url, authorization: request.headers['proxy-authorization'] });
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
  });
  const { url } = await listen(() => undefined, server);
  return { url, seen };
}

async function call(baseUrl: string, calls: CallFetch, method: 'GET' | 'POST' = 'GET') {
  const { http } = makeHttp({ over: { calls }, wire: { baseUrl }, clock: impatientClock });
  return http.call({ method, path: '/import' }).catch((thrown: unknown) => thrown);
}

describe('network.ca', () => {
  it('a certificate that nobody signed is refused, and nothing was sent', async () => {
    const { url } = await privateServer();
    const error = await call(url, platformCalls(), 'POST');
    expect(error).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/no connection could be made: nobody known here signed .* network\.ca/),
    });
    expect(SluiceError.is(error) && error.ambiguous).toBe(undefined);
  });

  it('is trusted beside the known authorities', async () => {
    const { url } = await privateServer();
    expect(await call(url, platformCalls({ ca: certificate }))).toMatchObject({ status: 200 });
  });
});

describe('network.proxy', () => {
  it('carries every call, its credentials with it, TLS through it', async () => {
    const { port } = await privateServer();
    const proxy = await proxyTo(port);
    const url = proxy.url.replace('http://', 'http://ann:s3cret-pass@');
    const fetch = platformCalls({ proxy: url, ca: certificate });
    expect(await call('https://api.acme.example', fetch)).toMatchObject({ status: 200 });
    const basic = `Basic ${Buffer.from('ann:s3cret-pass').toString('base64')}`;
    expect(proxy.seen).toEqual([{ target: 'api.acme.example:443', authorization: basic }]);
  });

  it('carries plain http too, and guarded calls', async () => {
    const { port } = await listen((_request, response) => response.end('{}'));
    const proxy = await proxyTo(port);
    const calls = callsOver(platformFetch({ guarded: true, proxy: proxy.url }));
    // Public as an address, so that nothing is looked up.
    expect(await call('http://8.8.8.8', calls)).toMatchObject({ status: 200 });
    expect(proxy.seen.map(({ target }) => target)).toEqual(['8.8.8.8:80']);
  });

  it.each([407, 403, 502])('a proxy that answers %i passed nothing on: no call is in doubt', async (status) => {
    const proxy = await proxyTo(1, status);
    const url = proxy.url.replace('http://', 'http://ann:s3cret-pass@');
    const error = await call('https://api.acme.example', platformCalls({ proxy: url }), 'POST');
    expect(error).toMatchObject({ code: 'unavailable', retry: 'later' });
    expect(SluiceError.is(error) && error.ambiguous).toBe(undefined);
    expect(inspect(error, { depth: 9 })).toContain(`network.proxy: the proxy answers ${status}`);
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret-pass');
  });

  it('a proxy that is not there is no connection', async () => {
    const gone = createHttpServer();
    const { url } = await listen(() => undefined, gone);
    await new Promise((resolve) => gone.close(resolve));
    const error = await call('https://api.acme.example', platformCalls({ proxy: url }), 'POST');
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(SluiceError.is(error) && error.ambiguous).toBe(undefined);
  });
});

describe('elsewhere than on Node', () => {
  it.each([{ proxy: 'http://proxy.example:8080' }, { ca: certificate }])('%o is refused in words', (network) => {
    expect(() => createWebFetch({ guarded: false, ...network })).toThrow(/network\.proxy and network\.ca need Node/);
  });
});
