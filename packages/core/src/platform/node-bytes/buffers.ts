/** Few, large, reused buffers are what makes an upload fast: all of a transfer's together, and each. Bytes. */
const memoryOfTransfer = 8 * 1024 * 1024;
const mostOfBuffer = 1024 * 1024;
const leastOfBuffer = 64 * 1024;

/** How large each of a lane's two buffers is, so that memory does not depend on the number of lanes. Bytes. */
export function bufferSizeFor(lanes: number): number {
  return Math.max(leastOfBuffer, Math.min(mostOfBuffer, 2 ** Math.floor(Math.log2(memoryOfTransfer / 2 / lanes))));
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

/** A buffer of a lane, shared with the digest's thread. It is filled again only when the socket and the digest are done with it. */
export class ReusedBuffer {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Resolves when the socket has taken what is in it. */
  written: Promise<void> = Promise.resolve();
  /** Resolves when the digest has. */
  hashed: Promise<void> = Promise.resolve();

  /** @param size bytes */
  constructor(size: number) {
    this.bytes = new Uint8Array(new SharedArrayBuffer(toCacheLine + size), toCacheLine);
  }
}
