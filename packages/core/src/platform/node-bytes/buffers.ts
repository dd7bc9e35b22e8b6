/** Few, large, reused buffers are what makes an upload fast. Bytes. */
export const bufferSize = 1024 * 1024;

/** A buffer of a lane, shared with the digest's thread. It is filled again only when the socket and the digest are done with it. */
export class ReusedBuffer {
  readonly memory = new SharedArrayBuffer(bufferSize);
  readonly bytes = new Uint8Array(this.memory);
  /** Resolves when it may be filled again. */
  free: Promise<unknown> = Promise.resolve();
}
