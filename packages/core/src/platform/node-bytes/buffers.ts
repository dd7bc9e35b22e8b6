import type { OpenBytes } from '../../model/bytes.js';
import { isNear } from '../../model/is-near.js';

/** From here on it pays to spend something at the beginning: a thread for the digest takes as long to start as hashing this. Bytes. */
export const longTransfer = 64 * 1024 * 1024;

const mebi = 1024 * 1024;
/** Few, large, reused buffers are what makes an upload fast. What is filled and emptied by itself has two of these. Bytes. */
const usualBuffer = mebi;
const fastBuffer = 2 * mebi;
const leastBuffer = 64 * 1024;

/** All buffers together, so that memory does not depend on the number of lanes: those of two lanes that take turns, and usually. Bytes. */
const memoryOfTwo = 16 * mebi;
const memoryOfAll = 8 * mebi;
/** Where there are no more lanes, all of them fill a fast line; of many, or with a digest, the first two do. */
const fewLanes = 4;
const fastLanes = 2;

/** @param longest what it carries at most. Bytes */
export function bufferSizeFor(longest = usualBuffer): number {
  return Math.min(longest, usualBuffer);
}

/** Through what a lane sends. */
export interface BuffersOfLane {
  count: number;
  /** Bytes. */
  size: number;
}

/** What a transfer asks of its lanes. Bytes. */
export interface LanesOfTransfer {
  lanes: number;
  /** What a lane carries at most. */
  longest: number;
  /** Of the whole. */
  size: number;
  digest: boolean;
}

/**
 * A short transfer is over before large buffers are worth their memory. With a digest two lanes take turns, one reading while the other's
 * part is being answered: through three buffers each neither the digest nor the socket runs dry while the other is behind. Without one, a
 * file goes through one buffer a lane: while that is filled, the system still sends what it took last, and the less memory is used in turns,
 * the likelier it is still in the processor's cache.
 * @param index of the lane, in the order in which they are opened: those after the first two are there where the line is slow
 */
export function buffersOfLane(index: number, transfer: LanesOfTransfer): BuffersOfLane {
  const { lanes, longest, size, digest } = transfer;
  const share = (memory: number, buffers: number, most: number) =>
    Math.min(longest, most, Math.max(leastBuffer, 2 ** Math.floor(Math.log2(memory / buffers))));
  const usual = { count: 2, size: share(memoryOfAll, lanes * 2, usualBuffer) };
  const fast = index < fastLanes;
  if (size < longTransfer) return usual;
  if (digest) return fast ? { count: 3, size: share(memoryOfTwo, fastLanes * 3, fastBuffer) } : usual;
  if (lanes === 1) return usual;
  if (lanes <= fewLanes) return { count: 1, size: Math.min(longest, fastBuffer) };
  return { count: 1, size: fast ? share(longest, 4, fastBuffer) : usual.size };
}

/** Through what the one lane of a form sends: the library that makes forms takes memory too. */
export function buffersOfForm(bytes: OpenBytes, digest: boolean): BuffersOfLane {
  const { size } = bytes;
  if (digest || !isNear(bytes)) return { count: 2, size: bufferSizeFor(size) };
  return { count: 1, size: Math.min(size, fastBuffer) };
}

/**
 * Memory this large begins 16 bytes into a page, behind what the allocator notes about it, and a kernel that copies into it from
 * there is four times slower than from a multiple of the cache's line. Where it begins elsewhere, nothing is lost. Bytes.
 */
const toCacheLine = 48;

/** Memory for a socket to read into. Bytes. */
export function readingBuffer(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(toCacheLine + size), toCacheLine);
}

/**
 * A buffer of a lane, shared with the digest's thread. It is filled again only when the socket and the digest are done with it, and takes
 * no memory before it is filled.
 */
export class ReusedBuffer {
  /** Bytes. */
  readonly size: number;
  #memory: SharedArrayBuffer | undefined;
  #first: Uint8Array<SharedArrayBuffer> | undefined;
  /** Resolves when the socket has taken what is in it; absent before there was anything to take. */
  written: Promise<void> | undefined;
  /** Resolves when the digest has. */
  hashed: Promise<void> | undefined;

  /** @param size bytes */
  constructor(size: number) {
    this.size = size;
  }

  /** So many bytes of it, from its beginning. One piece is mostly as long as the one before: no view is made for each. */
  first(length: number): Uint8Array<SharedArrayBuffer> {
    if (this.#first?.byteLength === length) return this.#first;
    this.#memory ??= new SharedArrayBuffer(toCacheLine + this.size);
    this.#first = new Uint8Array(this.#memory, toCacheLine, length);
    return this.#first;
  }
}
