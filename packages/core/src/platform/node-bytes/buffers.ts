/** From here on it pays to spend something at the beginning: a thread for the digest takes as long to start as hashing this. Bytes. */
export const longTransfer = 64 * 1024 * 1024;

const mebi = 1024 * 1024;
/** Few, large, reused buffers are what makes an upload fast. What is filled and emptied by itself has two of these. Bytes. */
const usualBuffer = mebi;
const fastBuffer = 2 * mebi;
const leastBuffer = 64 * 1024;

/**
 * All buffers together, so that memory does not depend on the number of lanes: where few lanes fill a fast line, and of those lanes that are
 * there for a slow one. Where there are many lanes, the first two fill a fast line, and the others share half of what they share otherwise. Bytes.
 */
const memoryOfFast = 16 * mebi;
const memoryOfOthers = 8 * mebi;
const fewLanes = 4;
/** Where there are more lanes, or a digest, that fill a fast line by themselves. */
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
 * A short transfer is over before large buffers are worth their memory. A long one is filled by many lanes that read wherever they are, or,
 * with a digest, by two that take turns, one reading while the other's part is being answered: through more buffers neither the digest nor
 * the socket runs dry while the other is behind, and the other lanes are there where the line is slow.
 * @param index of the lane, in the order in which they are opened
 */
export function buffersOfLane(index: number, { lanes, longest, size, digest }: LanesOfTransfer): BuffersOfLane {
  const share = (memory: number, buffers: number, most: number) =>
    Math.min(longest, most, Math.max(leastBuffer, 2 ** Math.floor(Math.log2(memory / buffers))));
  if (size < longTransfer) return { count: 2, size: share(memoryOfOthers, lanes * 2, usualBuffer) };
  if (!digest && lanes <= fewLanes) return { count: 2, size: share(memoryOfFast, lanes * 2, fastBuffer) };
  if (!digest)
    return {
      count: 2,
      size: index < fastLanes ? bufferSizeFor(longest) : share(memoryOfOthers / 2, lanes * 2, usualBuffer),
    };
  if (index < fastLanes) return { count: 3, size: share(memoryOfFast, fastLanes * 3, fastBuffer) };
  return { count: 2, size: share(memoryOfOthers, lanes * 2, usualBuffer) };
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
  readonly #size: number;
  #bytes: Uint8Array<SharedArrayBuffer> | undefined;
  /** Resolves when the socket has taken what is in it. */
  written: Promise<void> = Promise.resolve();
  /** Resolves when the digest has. */
  hashed: Promise<void> = Promise.resolve();

  /** @param size bytes */
  constructor(size: number) {
    this.#size = size;
  }

  get bytes(): Uint8Array<SharedArrayBuffer> {
    this.#bytes ??= new Uint8Array(new SharedArrayBuffer(toCacheLine + this.#size), toCacheLine);
    return this.#bytes;
  }
}
