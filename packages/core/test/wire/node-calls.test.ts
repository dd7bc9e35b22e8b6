import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { limitConnecting } from '../../src/platform/node-calls/limit-connecting.js';
import { isOwnFetch } from '../../src/platform/own-fetch.js';
import { type CallInit, callsOver } from '../../src/wire/call-fetch.js';
import { listen, platformCalls, platformFetch } from '../support/servers.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function initOf({ headers, ...init }: Partial<Omit<CallInit, 'headers'>> & { headers?: Record<string, string> } = {}) {
  const signal = new AbortController().signal;
  return { method: 'GET', redirect: 'manual', signal, ...init, headers: new Headers(headers) } as const;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** One call to a server that answers so. */
async function ask(answer: RequestListener, init: Parameters<typeof initOf>[0] = {}): Promise<Response> {
  const { url } = await listen(answer);
  return platformCalls()(`${url}/path?query=1`, initOf(init));
}

describe('what is sent', () => {
  /** The request as a server saw it, by whichever fetch. */
  async function sent(init: Parameters<typeof initOf>[0], by: 'calls' | 'fetch' = 'calls') {
    const seen: { headers: IncomingMessage['headers']; body: string; method: string | undefined; path: string }[] = [];
    const server = await listen((request, response) => {
      const { method, headers, url: path = '' } = request;
      void bodyOf(request).then((body) => {
        seen.push({ method, headers, path, body });
        response.end();
      });
    });
    const call = by === 'calls' ? platformCalls() : callsOver(platformFetch({ guarded: false }));
    await (await call(`${server.url}/path?query=1`, initOf(init))).text();
    const [request] = seen;
    if (request === undefined) throw new Error('nothing came');
    return request;
  }

  it('is a text of a declared length, never chunked, whatever the method', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const request = await sent({ method, body: '{"name":"Füße"}', headers: { 'content-type': 'application/json' } });
      expect(request).toMatchObject({ method, path: '/path?query=1', body: '{"name":"Füße"}' });
      expect(request.headers).toMatchObject({ 'content-length': '17', 'content-type': 'application/json' });
      expect(request.headers).not.toHaveProperty('transfer-encoding');
    }
  });

  it('is nothing where there is no body, and says so where a server would wait for one', async () => {
    const posted = await sent({ method: 'POST' });
    expect(posted.headers).toMatchObject({ 'content-length': '0' });
    const asked = await sent({ method: 'GET' });
    expect(asked.headers).not.toHaveProperty('content-length');
    expect(asked.headers).not.toHaveProperty('transfer-encoding');
  });

  it('is a form as the platform writes it', async () => {
    const form = new FormData();
    form.append('name', 'a "film" & more');
    form.append('text', 'two\r\nlines');
    for (const body of [new URLSearchParams({ scope: 'a b&c=ü', grant: 'x' }), form]) {
      const ours = await sent({ method: 'POST', body });
      const theirs = await sent({ method: 'POST', body }, 'fetch');
      const boundary = /boundary=(.*)$/;
      const plain = ({ headers, body: text }: typeof ours) => {
        const type = headers['content-type'] ?? '';
        return [type.replace(boundary, ''), text.replaceAll(boundary.exec(type)?.[1] ?? '\0', '')];
      };
      expect(plain(ours)).toEqual(plain(theirs));
      expect(ours.headers['content-length']).toBe(String(Buffer.byteLength(ours.body)));
    }
  });
});

describe('what comes back', () => {
  it('is the whole text, however it is cut, and where a character is', async () => {
    const bytes = Buffer.from('{"name":"Füße 🎬"}');
    const trickle = async (reply: ServerResponse) => {
      for (const byte of bytes) {
        reply.write(Buffer.of(byte));
        await sleep(1);
      }
      reply.end();
    };
    const response = await ask((_request, reply) => void trickle(reply));
    expect(await response.text()).toBe(bytes.toString('utf8'));
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is unpacked from %s, short or long', async (encoding, pack) => {
    for (const text of ['{"a":1}', JSON.stringify(Array.from({ length: 40_000 }, (_, index) => index))]) {
      const response = await ask((request, reply) => {
        expect(request.headers['accept-encoding']).toContain('gzip');
        reply.writeHead(200, { 'content-encoding': encoding }).end(pack(text));
      });
      expect(await response.text()).toBe(text);
    }
  });

  it('is unpacked from more than one packing, the last one first', async () => {
    const response = await ask((_request, reply) =>
      reply.writeHead(200, { 'content-encoding': 'br, gzip' }).end(gzipSync(brotliCompressSync('{"a":1}'))),
    );
    expect(await response.text()).toBe('{"a":1}');
  });

  it('is left as it is where nobody knows how it is packed', async () => {
    const response = await ask((_request, reply) => reply.writeHead(200, { 'content-encoding': 'rot13' }).end('cynva'));
    expect(await response.text()).toBe('cynva');
  });

  it.each([{ 'content-length': 300_000 }, {}])('is a stream where it is long (%o)', async (headers) => {
    const text = 'x'.repeat(300_000);
    const response = await ask((_request, reply) => reply.writeHead(200, headers).end(text));
    expect(response.body).not.toBeNull();
    expect(await response.text()).toBe(text);
  });

  it('has no byte order mark', async () => {
    const response = await ask((_request, reply) => reply.end('\uFEFF{"a":1}'));
    expect(await response.text()).toBe('{"a":1}');
  });

  it.each([204, 304, 200])('may be empty with status %i, compressed or not', async (status) => {
    for (const headers of [{}, { 'content-encoding': 'gzip' }]) {
      const response = await ask((_request, reply) => reply.writeHead(status, headers).end());
      expect([response.status, await response.text()]).toEqual([status, '']);
    }
  });

  it('has every header, several of one name too', async () => {
    const response = await ask((_request, reply) =>
      reply.writeHead(302, { location: '/elsewhere', 'x-limit': ['1', '2'] }).end('moved'),
    );
    expect([response.status, response.headers.get('location'), response.headers.get('x-limit')]).toEqual([
      302,
      '/elsewhere',
      '1, 2',
    ]);
  });

  it.each(['cut', 'cut while packed'])('is an error when it is %s', async (how) => {
    const packed = how !== 'cut';
    const answered = ask((_request, reply) => {
      const headers = packed ? { 'content-encoding': 'gzip' } : { 'content-length': 100 };
      reply.writeHead(200, headers).write(packed ? gzipSync('x'.repeat(1_000)).subarray(0, 10) : '{"a"');
      setTimeout(() => reply.destroy(), 10);
    });
    await expect(answered).rejects.toThrow();
  });
});

describe('connections', () => {
  /** A server that ends each connection just after an answer, and says so to nobody; in a thread, where it is quick to do so. */
  async function abrupt(ending: 'end' | 'resetAndDestroy'): Promise<string> {
    const code = `
      const { createServer } = require('node:net');
      const answer = 'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: keep-alive\\r\\n\\r\\n{}';
      const server = createServer((socket) => socket.on('error', () => {}).on('data', () => {
        socket.write(answer);
        setImmediate(() => socket.${ending}());
      }));
      server.listen(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(server.address().port));`;
    const worker = new Worker(code, { eval: true });
    onTestFinished(async () => void (await worker.terminate()));
    const [port] = await once(worker, 'message');
    return `http://127.0.0.1:${port}`;
  }

  it.each(['end', 'resetAndDestroy'] as const)(
    'that a server gives up after each answer (%s) are not used again',
    async (ending) => {
      const url = await abrupt(ending);
      const call = platformCalls();
      const texts: string[] = [];
      for (let count = 0; count < 50; count += 1)
        texts.push(await (await call(url, initOf({ method: 'POST' }))).text());
      expect(texts).toEqual(Array.from({ length: 50 }, () => '{}'));
    },
  );

  it('are used again, and given up before most servers give them up', async () => {
    const sockets = new Set<Socket>();
    const { url } = await listen((request, reply) => {
      sockets.add(request.socket);
      reply.end('{}');
    });
    const call = platformCalls();
    for (let count = 0; count < 3; count += 1) {
      await (await call(url, initOf())).text();
      await sleep(20);
    }
    expect(sockets.size).toBe(1);
    const [socket] = sockets;
    await expect.poll(() => socket?.closed, { timeout: 4_800 }).toBe(true);
  });

  it('are not given up while an answer is waited for', async () => {
    const { url } = await listen((_request, reply) => void setTimeout(() => reply.end('late'), 4_500));
    expect(await (await platformCalls()(url, initOf())).text()).toBe('late');
  });

  it('that cannot be made are given up, and nothing was sent', async () => {
    vi.useFakeTimers();
    const socket = Object.defineProperty(new Socket(), 'connecting', { value: true, writable: true });
    limitConnecting(socket);
    const failed = new Promise((resolve) => socket.on('error', resolve));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await failed).toMatchObject({ code: 'ERR_SOCKET_CONNECTION_TIMEOUT' });
  });
});

it('Node’s own fetch is known for it, and no other', () => {
  expect(isOwnFetch()).toBe(true);
  for (const other of [async () => new Response(), globalThis.fetch.bind(undefined)]) {
    vi.stubGlobal('fetch', other);
    expect(isOwnFetch()).toBe(false);
  }
});

it('an application that puts a fetch in place of the platform’s is asked through it', async () => {
  const call = platformCalls();
  vi.stubGlobal('fetch', async () => new Response('{"theirs":true}'));
  expect(await (await call('http://127.0.0.1:9/', initOf())).text()).toBe('{"theirs":true}');
});
