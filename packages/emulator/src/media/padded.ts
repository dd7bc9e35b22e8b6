import { Readable } from 'node:stream';
import type { ByteRange } from '../server/byte-range.js';

const BLOCK_BYTES = 64 * 1024;
/** A box header with a 64-bit length: 4 bytes of marker, the type, 8 bytes of length. */
const FREE_BOX_HEADER_BYTES = 16;
const FILLER = createFiller();

/** The smallest size to which `head` can be padded. */
export function smallestPaddedSize(head: Buffer): number {
  return head.length + FREE_BOX_HEADER_BYTES;
}

/**
 * An MP4 of exactly `size` bytes: `head`, and behind it a `free` box, which players skip. Nothing is kept: the filling
 * is made as it is read, at any offset, and no two blocks of it are alike, so that a block lost or swapped shows.
 */
export function readPadded(head: Buffer, size: number, range: ByteRange = { start: 0, end: size - 1 }): Readable {
  return Readable.from(blocks(Buffer.concat([head, freeBoxHeader(size - head.length)]), range), { objectMode: false });
}

function* blocks(front: Buffer, range: ByteRange): Generator<Buffer> {
  let position = range.start;
  while (position <= range.end) {
    const inFront = position < front.length;
    const block = inFront ? front.subarray(position) : fillingAt(position - front.length);
    const chunk = block.subarray(0, range.end - position + 1);
    position += chunk.length;
    yield chunk;
  }
}

/** The filling from `offset` to the end of its block. Each block starts with its own number. */
function fillingAt(offset: number): Buffer {
  const number = Math.floor(offset / BLOCK_BYTES);
  const block = Buffer.from(FILLER);
  block.writeBigUInt64BE(BigInt(number));
  return block.subarray(offset % BLOCK_BYTES);
}

function freeBoxHeader(length: number): Buffer {
  const header = Buffer.alloc(FREE_BOX_HEADER_BYTES);
  header.writeUInt32BE(1, 0);
  header.write('free', 4, 'latin1');
  header.writeBigUInt64BE(BigInt(length), 8);
  return header;
}

/** Bytes that do not compress and are the same every time (a linear congruential generator). */
function createFiller(): Buffer {
  const filler = Buffer.alloc(BLOCK_BYTES);
  let state = 1;
  for (let index = 0; index < filler.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    filler[index] = state >>> 24;
  }
  return filler;
}
