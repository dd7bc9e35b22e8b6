import type { OnReadOpts, Socket } from 'node:net';

/** As much as is read at once, in bytes. */
const bufferSize = 1024 * 1024;
/**
 * Memory this large begins 16 bytes into a page, and a kernel that copies into it from there is slower than from a multiple of the
 * cache's line. Bytes.
 */
const toCacheLine = 48;

/**
 * A connection on which the bytes of a file come. It is read into one buffer, again and again: a buffer for each packet and the machinery of
 * streams cost more than half of the speed.
 */
export class DataConnection {
  readonly #socket: Socket;
  readonly #buffer = new Uint8Array(new ArrayBuffer(toCacheLine + bufferSize), toCacheLine);
  #filled = 0;
  #over: { error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param connect begins to connect a socket that is read as it is told */
  constructor(connect: (onread: OnReadOpts) => Socket) {
    this.#socket = connect({
      buffer: this.#buffer,
      // False: nothing more is read until this is used up.
      callback: (length) => {
        this.#filled = length;
        this.#wake?.();
        return false;
      },
    });
    this.#socket.on('error', (error) => this.#end({ error }));
    this.#socket.on('end', () => this.#end({}));
    this.#socket.on('close', () => this.#end({}));
  }

  /** Resolves when the server has taken the connection; TLS begins later, when the server is asked for the file. */
  async connected(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('close', resolve);
    });
    if (this.#over !== undefined) throw this.#over.error ?? new Error('the connection was closed');
  }

  /** What came next, in memory that the next call uses again; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#filled === 0 && this.#over === undefined) {
      const arrived = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#socket.resume();
      await arrived;
      this.#wake = undefined;
    }
    if (this.#filled > 0) {
      const chunk = this.#buffer.subarray(0, this.#filled);
      this.#filled = 0;
      return chunk;
    }
    if (this.#over?.error !== undefined) throw this.#over.error;
    return undefined;
  }

  /** Ends it; whoever waits for bytes is given the error. */
  destroy(error?: unknown): void {
    this.#end({ error });
    this.#socket.destroy();
  }

  #end(over: { error?: unknown }): void {
    this.#over ??= over;
    this.#wake?.();
  }
}
