import type { OnReadOpts, Socket } from 'node:net';

/** As much as is read at once, in bytes. */
const bufferSize = 1024 * 1024;
/**
 * Memory this large begins 16 bytes into a page, and a kernel that copies into it from there is slower than from a multiple of the
 * cache's line. Bytes.
 */
const toCacheLine = 48;

/**
 * Behind TLS, what one read brought is handed over record by record, without asking whether the one before is used up: each needs
 * memory of its own. A record's most, in bytes.
 */
const recordSize = 16 * 1024;

/**
 * A connection on which the bytes of a file come. It is read into one buffer, again and again: a buffer for each packet and the machinery of
 * streams cost more than half of the speed.
 */
export class DataConnection {
  readonly #socket: Socket;
  readonly #arrived: Uint8Array[] = [];
  #over: { error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param connect begins to connect a socket that is read as it is told */
  constructor(connect: (onread: OnReadOpts) => Socket, { secure }: { secure: boolean }) {
    const reused = () => new Uint8Array(new ArrayBuffer(toCacheLine + bufferSize), toCacheLine);
    this.#socket = connect({
      buffer: secure ? () => new Uint8Array(recordSize) : reused(),
      // False: nothing more is read until this is used up.
      callback: (length, memory) => {
        this.#arrived.push(memory.subarray(0, length));
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
    if (this.#arrived.length === 0 && this.#over === undefined) {
      const arrived = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#socket.resume();
      await arrived;
      this.#wake = undefined;
    }
    const chunk = this.#arrived.shift();
    if (chunk !== undefined) return chunk;
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
