import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { type FormTransfer, type PartsTransfer, SendError } from '../../src/platform/byte-plane.js';
import { createBytePlane } from '../../src/platform/node-bytes/create.js';
import { createBytePlane as createWebBytePlane } from '../../src/platform/web-bytes.js';
import { listen } from '../support/servers.js';
import { taking, transferOf } from './transfers.js';

const whole = new Uint8Array(20_000_000).fill(7);

/** A peer that answers as soon as a request begins, and reads nothing more of it. */
function answeringAtOnce(text: string) {
  return listen((request) => {
    const socket: Socket = request.socket;
    socket.pause();
    socket.write(text);
  });
}

const fixture = (name: string) => readFileSync(new URL(`../fixtures/loopback-${name}.pem`, import.meta.url), 'utf8');

/** A store behind TLS, in a thread, where it answers while this one is busy. */
async function startSecureStore(): Promise<{ url: string; connections: () => number }> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const server = require('node:https').createServer(workerData, (request, response) =>
      request.resume().on('end', () => response.setHeader('etag', '"a"').end()));
    server.on('secureConnection', () => parentPort.postMessage('connected'));
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
  const worker = new Worker(code, { eval: true, workerData: { cert: fixture('certificate'), key: fixture('key') } });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, 'message');
  let connections = 0;
  worker.on('message', () => {
    connections += 1;
  });
  return { url: `https://127.0.0.1:${port}`, connections: () => connections };
}

function openPlane(network: { ca?: string } = {}) {
  const plane = createBytePlane(network);
  onTestFinished(() => plane.close());
  return plane;
}

function formOf(url: string, own: Partial<PartsTransfer> = {}): FormTransfer {
  const form = { url, fields: [], fileField: 'file', filename: 'a.mp4', contentType: 'video/mp4' };
  return { ...transferOf(whole, { url, partSize: whole.length }, own), form };
}

test.each([false, true])(
  'parts that are stopped while one is noted are not all there (with sha-256: %s)',
  async (digest) => {
    const { url } = await listen(taking((_body, response) => response.setHeader('etag', '"a"').end()));
    const stop = new AbortController();
    const arrived = async () => {
      stop.abort(new Error('enough'));
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const own = { inFlight: 1, digest, signal: stop.signal, arrived };
    await expect(openPlane().sendParts(transferOf(whole, { url, partSize: 1_000_000 }, own))).rejects.toMatchObject({
      code: 'aborted',
    });
  },
);

test('an answer that begins another protocol is a connection that broke', async () => {
  const { url } = await answeringAtOnce(
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n',
  );
  const plane = openPlane();
  await expect(plane.sendParts(transferOf(whole, { url, partSize: whole.length }))).rejects.toThrow('another protocol');
  let moved = 0;
  const counted = {
    moved: (bytes: number) => {
      moved += bytes;
    },
  };
  await expect(plane.sendForm(formOf(url, counted))).rejects.toMatchObject({
    failure: { kind: 'broken', unfinished: true },
  });
  // The peer read next to nothing.
  expect(moved).toBeLessThan(whole.length);
});

test('a refusal is told at once, however much of the last bytes the socket still holds', async () => {
  const { url } = await listen((request) => {
    request.pause();
    setTimeout(() => request.socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'), 100);
  });
  const plane = openPlane();
  const begun = performance.now();
  // How much a socket holds is the system's to say.
  const sizes = Array.from({ length: 14 }, (_, index) => 1_500_000 + index * 500_000);
  const sendings = sizes.map((size) =>
    plane.sendParts(transferOf(whole.subarray(0, size), { url, partSize: size })).catch((error: unknown) => error),
  );
  for (const refused of await Promise.all(sendings)) expect(refused).toMatchObject({ failure: { status: 403 } });
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test('an answer counts that is seen before the socket tells that it took the last bytes', async () => {
  const plane = openPlane({ ca: fixture('certificate') });
  const { url, connections } = await startSecureStore();
  // The less often it is looked what happened, the likelier both are seen together.
  const busy = setInterval(() => {
    for (const until = performance.now() + 3; performance.now() < until; );
  }, 1);
  onTestFinished(() => clearInterval(busy));
  let moved = 0;
  const counted = {
    inFlight: 8,
    moved: (bytes: number) => {
      moved += bytes;
    },
  };
  await plane.sendParts(transferOf(whole, { url, partSize: 250_000 }, counted));
  expect(moved).toBe(whole.length);
  // Every one is used again.
  expect(connections()).toBeLessThanOrEqual(8);
});

test('over the fetch of a web runtime too, nothing is sent any more once a part ended the transfer', async () => {
  const asked: (string | undefined)[] = [];
  const { url } = await listen(
    taking((_body, response, request) => {
      asked.push(request.url);
      if (request.url === '/1') response.writeHead(403).end();
      else setTimeout(() => response.setHeader('etag', '"a"').end(), 50);
    }),
  );
  const transfer = transferOf(whole, { url, partSize: 1_000_000 }, { inFlight: 4 });
  await expect(createWebBytePlane({}).sendParts(transfer)).rejects.toMatchObject({ failure: { status: 403 } });
  await new Promise((resolve) => setTimeout(resolve, 150));
  // Those that were on their way.
  expect(asked.length).toBeLessThanOrEqual(4);
});

test('over the fetch of a web runtime too, an answer that breaks off is a broken connection, and one that says when to come again is heard', async () => {
  const { url } = await listen(
    taking((_body, response, request) => {
      if (request.url === '/later') response.writeHead(503, { 'retry-after': '7' }).end('busy');
      else response.writeHead(200, { 'content-length': 10 }).write('abc', () => request.socket.destroy());
    }),
  );
  const plane = createWebBytePlane({});
  await expect(plane.sendForm(formOf(url))).rejects.toMatchObject({ failure: { kind: 'broken' } });
  const refused: unknown = await plane.sendForm(formOf(`${url}/later`)).catch((error: unknown) => error);
  expect(refused).toMatchObject({ failure: { kind: 'refused', status: 503, body: 'busy' } });
  expect(refused instanceof SendError && refused.failure.header?.('Retry-After')).toBe('7');
});
