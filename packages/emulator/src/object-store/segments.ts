import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange } from '../server/byte-range.js';
import type { Segment } from './kept-object.js';

const READ_BYTES = 512 * 1024;

/** Reads a part of an object whose bytes lie in several files, one after another. */
export function readSegments(
  pathOf: (file: string) => string,
  segments: readonly Segment[],
  range: ByteRange,
): Readable {
  return Readable.from(pieces(pathOf, segments, range), { objectMode: false, highWaterMark: READ_BYTES });
}

/** The sha-256 in hex of all the bytes. */
export async function digestSegments(pathOf: (file: string) => string, segments: readonly Segment[]): Promise<string> {
  const hash = createHash('sha256');
  const buffers = [Buffer.allocUnsafe(2 * READ_BYTES), Buffer.allocUnsafe(2 * READ_BYTES)] as const;
  for (const { file } of segments) {
    const handle = await open(pathOf(file), 'r');
    try {
      await digestFile(handle, buffers, (bytes) => hash.update(bytes));
    } finally {
      await handle.close();
    }
  }
  return hash.digest('hex');
}

/** Reads into one buffer while the other is hashed. */
async function digestFile(
  handle: FileHandle,
  buffers: readonly [Buffer, Buffer],
  update: (bytes: Buffer) => void,
): Promise<void> {
  let [current, next] = buffers;
  let reading = handle.read(current, 0, current.length);
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) return;
    reading = handle.read(next, 0, next.length);
    update(current.subarray(0, bytesRead));
    [current, next] = [next, current];
  }
}

async function* pieces(
  pathOf: (file: string) => string,
  segments: readonly Segment[],
  { start, end }: ByteRange,
): AsyncGenerator<Buffer> {
  let before = 0;
  for (const { file, size } of segments) {
    const [from, to] = [Math.max(0, start - before), Math.min(size - 1, end - before)];
    before += size;
    if (from <= to) yield* piecesOfFile(pathOf(file), { start: from, end: to });
  }
}

async function* piecesOfFile(path: string, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  try {
    for (let position = start; position <= end; ) {
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, end - position + 1));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) throw new Error('an object is shorter than its record says');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
