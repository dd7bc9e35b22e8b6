import { createHash, randomBytes } from 'node:crypto';
import { startUnrulyHttp, type UnrulyHttp } from '@sluice/test-servers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PartsTransfer } from '../../src/platform/byte-plane.js';
import { createBytePlane } from '../../src/platform/node.js';
import { httpSource } from '../../src/wire/http-source/http-source.js';
import { overFetch } from '../../src/wire/http-source/over-fetch.js';
import { listen } from '../support/servers.js';

const mebibyte = 1024 * 1024;
const bytes = randomBytes(6 * mebibyte);
let server: UnrulyHttp;

beforeAll(async () => {
  server = await startUnrulyHttp();
  server.files.set('/clip.mp4', { bytes });
});
afterAll(() => server.stop());

/** Relays the clip to a store that answers late, as if four parts could be in flight. */
async function relay(missing: number[], more: Partial<PartsTransfer> = {}) {
  const arrived = new Map<number, Buffer>();
  const { url } = await listen((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      arrived.set(Number(request.url?.slice(1)), Buffer.concat(pieces));
      setTimeout(() => response.writeHead(200, { etag: '"x"' }).end(), 20);
    });
  });
  const signal = new AbortController().signal;
  const read = overFetch(fetch);
  const context = { signal, idleTimeoutMs: 5_000, network: {}, fetch, read, resolve: async (host: string) => host };
  const opened = await httpSource({ fetch: read, timeoutMs: 20_000 }).open(`${server.url}/clip.mp4`, context);
  const plane = createBytePlane({});
  onTestFinished(async () => {
    await opened.close();
    await plane.close();
  });
  server.asked.length = 0;
  const { sha256 } = await plane.sendParts({
    ...{ bytes: opened, partSize: mebibyte, missing, digest: true, signal, idleTimeoutMs: 5_000 },
    inFlight: opened.far === true ? 1 : 4,
    moved: () => undefined,
    place: async (number) => ({ url: `${url}/${number}`, headers: {} }),
    arrived: async () => undefined,
    failed: async ({ cause, kind }) => {
      throw cause ?? new Error(kind);
    },
    ...more,
  });
  return { sha256, arrived, reads: server.asked.filter(({ method }) => method === 'GET').map(({ range }) => range) };
}

describe('bytes that come from far away', () => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');

  it('are fetched once, for the upload and its digest together', async () => {
    const relayed = await relay([1, 2, 3, 4, 5, 6]);
    expect(relayed.sha256).toBe(sha256);
    expect(relayed.reads).toEqual([undefined]);
    const whole = Buffer.concat([...relayed.arrived.values()]);
    expect(whole.equals(bytes)).toBe(true);
  });

  it('are fetched once too when some parts are there already', async () => {
    const relayed = await relay([3, 6]);
    expect(relayed.sha256).toBe(sha256);
    expect(relayed.reads).toEqual([undefined]);
    expect([...relayed.arrived.keys()]).toEqual([3, 6]);
  });

  it('are fetched once when nothing but the digest is wanted', async () => {
    const relayed = await relay([]);
    expect(relayed).toMatchObject({ sha256, reads: [undefined] });
  });
});
