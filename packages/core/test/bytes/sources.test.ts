import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ByteInput, fromBlob, fromBuffer, fromStream } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBytePlane as createNodePlane } from '../../dist/platform/node-bytes/create.js';
import type { BytePlane } from '../../src/platform/byte-plane.js';
import { createBytePlane as createWebPlane } from '../../src/platform/web-bytes.js';

const content = randomBytes(9 * 1024 * 1024 + 123);
const sha256 = createHash('sha256').update(content).digest('hex');
const partSize = 1_500_000;
const count = Math.ceil(content.byteLength / partSize);

let server: Server;
let base: string;
/** What arrived last of each part. */
let parts: Map<number, Buffer>;
/** Numbers of parts that are refused once. */
let refuseOnce: Set<number>;
let lengths: (string | undefined)[];

beforeEach(async () => {
  parts = new Map();
  refuseOnce = new Set();
  lengths = [];
  server = createServer((request, response) => {
    const number = Number(new URL(request.url ?? '', 'http://x').pathname.slice(1));
    lengths.push(request.headers['content-length']);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (refuseOnce.delete(number)) return response.writeHead(500).end('<Code>InternalError</Code>');
      parts.set(number, Buffer.concat(chunks));
      return response.writeHead(200, { etag: `"part-${number}"` }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function upload(
  plane: BytePlane,
  input: ByteInput,
  missing = Array.from({ length: count }, (_, index) => index + 1),
) {
  const bytes = await input.open();
  let moved = 0;
  const failures: number[] = [];
  const { sha256: digest } = await plane.sendParts({
    bytes,
    partSize,
    missing,
    inFlight: bytes.seekable ? 4 : 1,
    digest: true,
    idleTimeoutMs: 5_000,
    signal: new AbortController().signal,
    moved: (count) => {
      moved += count;
    },
    place: async (number) => ({ url: `${base}/${number}`, headers: {} }),
    arrived: async () => undefined,
    failed: async ({ number }) => void failures.push(number),
  });
  await bytes.close();
  await plane.close();
  return { digest, moved, failures };
}

function whole(): Buffer {
  return Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part));
}

/** Chunks of odd sizes, as networks make them. */
async function* chunked(): AsyncGenerator<Uint8Array> {
  for (let from = 0, step = 1; from < content.byteLength; from += step, step = (step * 7 + 13) % 300_000) {
    yield content.subarray(from, from + Math.max(1, step));
    step = Math.max(1, step);
  }
}

const sources: [string, () => ByteInput][] = [
  ['a buffer', () => fromBuffer(content, { name: 'clip.mp4' })],
  ['a blob', () => fromBlob(new Blob([content]), { name: 'clip.mp4' })],
  ['a Node stream', () => fromStream(Readable.from(chunked()), { name: 'clip.mp4', size: content.byteLength })],
  ['an async iterable', () => fromStream(chunked(), { name: 'clip.mp4', size: content.byteLength })],
];

describe.each(sources)('%s', (_what, make) => {
  test('arrives whole, hashed on its way, with exact lengths', async () => {
    const { digest, moved } = await upload(createNodePlane({}), make());
    expect(whole().equals(content)).toBe(true);
    expect(digest).toBe(sha256);
    expect(moved).toBe(content.byteLength);
    expect(lengths.every((length) => length !== undefined && Number(length) <= partSize)).toBe(true);
  });

  test('a part that fails is sent again alone', async () => {
    refuseOnce.add(2).add(count);
    const { digest, failures, moved } = await upload(createNodePlane({}), make());
    expect(failures.sort((a, b) => a - b)).toEqual([2, count]);
    expect(lengths).toHaveLength(count + 2);
    expect(whole().equals(content)).toBe(true);
    expect(digest).toBe(sha256);
    expect(moved).toBe(content.byteLength);
  });

  test('parts that are there already are read for the digest and not sent', async () => {
    const { digest } = await upload(createNodePlane({}), make(), [3, 5]);
    expect([...parts.keys()].sort((a, b) => a - b)).toEqual([3, 5]);
    expect(digest).toBe(sha256);
  });

  test('goes over the fetch of a web runtime too', async () => {
    refuseOnce.add(1);
    const { failures } = await upload(createWebPlane({}), make());
    expect(failures).toEqual([1]);
    expect(whole().equals(content)).toBe(true);
  });
});

describe('a form', () => {
  test('has its fields in order, its file last, and its length', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-form-'));
    const path = join(folder, 'clip.mp4');
    await writeFile(path, content);
    const plane = createNodePlane({});
    const bytes = await plane.openSource({ kind: 'file', path, size: content.byteLength, modifiedAt: 0 });
    const fields: [string, string][] = [
      ['key', 'a/b'],
      ['Policy', 'eyJ9'],
      ['Content-Type', 'video/mp4'],
    ];
    const answer = await plane.sendForm({
      bytes,
      form: { url: `${base}/1`, fields, fileField: 'file', filename: 'clip.mp4', contentType: 'video/mp4' },
      digest: true,
      idleTimeoutMs: 5_000,
      signal: new AbortController().signal,
      moved: () => undefined,
    });
    const body = parts.get(1) ?? Buffer.alloc(0);
    const text = body.toString('latin1');
    const order = ['name="key"', 'name="Policy"', 'name="Content-Type"', 'name="file"'].map((name) =>
      text.indexOf(name),
    );
    expect(answer).toMatchObject({ status: 200, sha256 });
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(body.includes(await readFile(path))).toBe(true);
    expect(lengths).toEqual([String(body.byteLength)]);
    await bytes.close();
    await plane.close();
    await rm(folder, { recursive: true });
  });
});

describe('a stream that is read twice', () => {
  test('is refused with words on what to do', async () => {
    const input = fromStream(chunked(), { name: 'clip.mp4', size: content.byteLength });
    await input.open();
    await expect(input.open()).rejects.toMatchObject({
      code: 'source-unreachable',
      message: expect.stringContaining('fresh stream'),
    });
  });
});
