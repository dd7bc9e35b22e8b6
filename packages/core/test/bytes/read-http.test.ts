import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SourceAnswer, SourceFetch } from '../../src/model/source-fetch.js';
import { createReadHttp } from '../../src/platform/node.js';
import { readHttp } from '../../src/platform/node-bytes/read-http.js';
import { overFetch } from '../../src/wire/http-source/over-fetch.js';
import { listen, platformFetch } from '../support/servers.js';

const never: SourceFetch = async () => {
  throw new Error('fetch was asked');
};

function get(url: string, { otherwise = never, ca = '' } = {}): Promise<SourceAnswer> {
  const read = readHttp({ otherwise, ...(ca !== '' && { ca }) });
  return read({ method: 'GET', url, headers: {}, signal: new AbortController().signal });
}

async function bodyOf({ body }: SourceAnswer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  // Copied: the memory of a chunk is used again.
  for await (const piece of body ?? []) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function writeAll(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  socket.end();
}

/** A server that writes these pieces, one after another, and closes. */
async function canned(pieces: readonly string[]): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => void writeAll(socket, pieces));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip.mp4`;
}

const ok = 'HTTP/1.1 200 OK\r\n';
const fixture = (name: string) => readFileSync(new URL(`../fixtures/loopback-${name}.pem`, import.meta.url), 'utf8');

describe('an answer that is read over a connection of its own', () => {
  it.each<[string, string[]]>([
    ['with a length', [`${ok}Content-Length: 11\r\n\r\nhello world`]],
    ['whose head comes in pieces', ['HTTP/1.', '1 200 OK\r', '\nContent-Length: 11\r\n\r', '\nhello', ' world']],
    [
      'after one that only announces',
      ['HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n', `${ok}content-length:11\r\n\r\nhello world`],
    ],
    ['without a length', [`${ok}\r\nhello`, ' world']],
    ['of an old server', ['HTTP/1.0 200\r\n\r\nhello world']],
    ['with more than its length', [`${ok}Content-Length: 11\r\n\r\nhello world and more`]],
    ['in chunks', [`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nx: y\r\n\r\n`]],
    [
      'in chunks that are cut anywhere',
      [
        `${ok}transfer-encoding: Chunked\r\n\r\n`,
        '0',
        '5\r',
        '\nhe',
        'llo\r',
        '\n',
        '6\r\n worl',
        'd',
        '\r\n0\r\n\r\n',
      ],
    ],
  ])('is whole: %s', async (_what, pieces) => {
    expect((await bodyOf(await get(await canned(pieces)))).toString()).toBe('hello world');
  });

  it.each<[string, string[]]>([
    ['before its length', [`${ok}Content-Length: 12\r\n\r\nhello world`]],
    ['before its last chunk', [`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`]],
    ['in a chunk', [`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`]],
  ])('is an error where it ends %s', async (_what, pieces) => {
    await expect(bodyOf(await get(await canned(pieces)))).rejects.toThrow('closed before the end of the answer');
  });

  it.each<[string, string[]]>([
    ['is no HTTP', ['SSH-2.0-OpenSSH_9.2\r\n\r\n']],
    ['is encoded on the way', [`${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`]],
    ['has a length that is none', [`${ok}Content-Length: 5, 6\r\n\r\nhello`]],
    ['has a header without a name', [`${ok}: x\r\n\r\nhello`]],
    ['is compressed', [`${ok}Content-Encoding: gzip\r\n\r\n`]],
  ])('is left to fetch where it %s', async (_what, pieces) => {
    await expect(get(await canned(pieces))).rejects.toThrow('fetch was asked');
  });

  it('is an error where there is none', async () => {
    await expect(get(await canned([]))).rejects.toThrow('closed before an answer came');
    await expect(get('http://127.0.0.1:9/clip.mp4')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is unpacked where the server packs it all the same', async () => {
    const { url } = await listen((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello world'));
    });
    const otherwise = overFetch(platformFetch({ guarded: false }));
    expect((await bodyOf(await get(`${url}/clip.mp4`, { otherwise }))).toString()).toBe('hello world');
  });

  it('comes over TLS, where the certificate is trusted', async () => {
    const content = randomBytes(5_000_000);
    const server = createSecureServer({ cert: fixture('certificate'), key: fixture('key') });
    const { port } = await listen((_request, response) => void response.end(content), server);
    const url = `https://127.0.0.1:${port}/clip.mp4`;
    expect((await bodyOf(await get(url, { ca: fixture('certificate') }))).equals(content)).toBe(true);
    await expect(get(url)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('brings every byte of a long answer over TLS, also to a slow reader: no record is written over before it was read', async () => {
    const long = randomBytes(60 * 1024 * 1024);
    const server = createSecureServer({ cert: fixture('certificate'), key: fixture('key') });
    const { port } = await listen((_request, response) => void response.end(long), server);
    const answer = await get(`https://127.0.0.1:${port}/film.mp4`, { ca: fixture('certificate') });
    const digest = createHash('sha256');
    let pieces = 0;
    for await (const piece of answer.body ?? []) {
      pieces += 1;
      if (pieces % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
      digest.update(piece);
    }
    expect(digest.digest('hex')).toBe(createHash('sha256').update(long).digest('hex'));
  });

  it('asks as fetch does, in one place', async () => {
    const asked: [string | undefined, unknown][] = [];
    const { url } = await listen((request, response) => {
      asked.push([request.url, request.headers.range]);
      response.end('x');
    });
    const read = readHttp({ otherwise: never });
    const { signal } = new AbortController();
    await bodyOf(
      await read({ method: 'GET', url: `${url}/a%20b/ü?x=y z`, headers: { range: 'bytes=5-\r\nx: y' }, signal }),
    );
    expect(asked).toEqual([['/a%20b/%C3%BC?x=y%20z', 'bytes=5-  x: y']]);
  });

  it('does not reach private addresses under the guard, named or looked up', async () => {
    let asked = 0;
    const { port } = await listen((_request, response) => {
      asked += 1;
      response.end();
    });
    const read = createReadHttp({ guarded: true }, never);
    const { signal } = new AbortController();
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      const reading = read({ method: 'GET', url: `http://${host}:${port}/`, headers: {}, signal });
      await expect(reading).rejects.toMatchObject({ code: 'source-unreachable', retry: 'never' });
    }
    expect(asked).toBe(0);
  });

  it('goes through the proxy where there is one: with fetch', async () => {
    const read = createReadHttp({ guarded: true, proxy: 'http://127.0.0.1:9' }, never);
    const { signal } = new AbortController();
    await expect(read({ method: 'GET', url: 'http://host.example/', headers: {}, signal })).rejects.toThrow(
      'fetch was asked',
    );
  });

  it('is given up with its signal, also while nothing comes', async () => {
    const { url } = await listen(() => undefined);
    const stop = new AbortController();
    const reading = readHttp({ otherwise: never })({ method: 'GET', url, headers: {}, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });
});
