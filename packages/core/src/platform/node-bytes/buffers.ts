/** From here on it pays to spend something at the beginning: a thread for the digest takes as long to start as hashing this. Bytes. */
export const longTransfer = 64 * 1024 * 1024;

/** Few, large, reused buffers are what makes an upload fast: all of a transfer's together, and each. Bytes. */
const memoryOfTransfer = 8 * 1024 * 1024;
const mostOfBuffer = 1024 * 1024;
const leastOfBuffer = 64 * 1024;

/**
 * How large each buffer of a lane is, so that memory does not depend on the number of lanes. Bytes.
 * @param longest what a lane carries at most: many small files at once need little. Bytes
 */
export function bufferSizeFor(lanes: number, longest = mostOfBuffer): number {
  const fair = Math.min(mostOfBuffer, 2 ** Math.floor(Math.log2(memoryOfTransfer / 2 / lanes)));
  return Math.min(longest, Math.max(leastOfBuffer, fair));
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
