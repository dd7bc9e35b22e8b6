/** Few, large, reused buffers are what makes an upload fast. Bytes. */
export const bufferSize = 1024 * 1024;

/**
 * Memory this large begins 16 bytes into a page, behind what the allocator notes about it, and a kernel that copies into it from
 * there is four times slower than from a multiple of the cache's line. Where it begins elsewhere, nothing is lost. Bytes.
 */
const toCacheLine = 48;

/** A buffer of a lane, shared with the digest's thread. It is filled again only when the socket and the digest are done with it. */
export class ReusedBuffer {
  readonly bytes = new Uint8Array(new SharedArrayBuffer(toCacheLine + bufferSize), toCacheLine);
  /** Resolves when it may be filled again. */
  free: Promise<unknown> = Promise.resolve();
}
