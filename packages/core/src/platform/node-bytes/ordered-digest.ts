import type { OpenBytes } from '../../model/bytes.js';
import { BufferRing } from './buffer-ring.js';
import { bufferSizeFor, longTransfer, type ReusedBuffer } from './buffers.js';
import { type Hasher, inThreadHasher, workerHasher } from './hasher.js';
import { sourceShrank } from './source-shrank.js';

/**
 * The sha-256 of the whole while its parts are read out of order. What is read right at the digest's frontier is hashed from the
 * very buffer that is sent; what was read ahead of it, and what is not sent at all, is read again when the frontier gets there.
 */
export class OrderedDigest {
  readonly #bytes: OpenBytes;
  readonly #hasher: Hasher;
  /** How far it may read by itself: a lane reads on from there, or nobody has come further. */
  readonly #mayReadTo: (frontier: number) => number;
  /** Two, so that one is filled while the other is hashed. */
  readonly #gaps: BufferRing;
  #frontier = 0;
  #filling: Promise<void> | undefined;
  #error: unknown;

  constructor(bytes: OpenBytes, mayReadTo: (frontier: number) => number) {
    this.#bytes = bytes;
    this.#mayReadTo = mayReadTo;
    this.#gaps = new BufferRing({ count: 2, size: bufferSizeFor(bytes.size) });
    this.#hasher = bytes.size < longTransfer ? inThreadHasher() : workerHasher();
  }

  /** It is reading what was read ahead of it. */
  get behind(): boolean {
    return this.#filling !== undefined;
  }

  /** A stretch was read at `position`. */
  offer(buffer: ReusedBuffer, position: number, length: number): void {
    const skip = this.#frontier - position;
    if (this.#filling !== undefined || skip < 0 || skip >= length) return;
    this.#frontier = position + length;
    this.#hash(buffer, skip, length);
  }

  #hash(buffer: ReusedBuffer, from: number, to: number): void {
    buffer.hashed = this.#hasher.update(buffer.first(to).subarray(from));
    // Whoever fills the buffer next gets the error; nobody may, when reading ends before.
    buffer.hashed.catch(() => undefined);
  }

  /** Lanes have moved on: whatever none of them will read any more is read here. */
  catchUp(): void {
    if (this.#filling !== undefined || this.#error !== undefined) return;
    if (this.#mayReadTo(this.#frontier) <= this.#frontier) return;
    this.#filling = this.#fill().then(
      () => {
        this.#filling = undefined;
      },
      (error: unknown) => {
        this.#error ??= error;
        this.#filling = undefined;
      },
    );
  }

  async #fill(): Promise<void> {
    for (let end = this.#end(); this.#frontier < end && this.#error === undefined; end = this.#end()) {
      const gap = this.#gaps.next();
      await gap.hashed;
      const length = Math.min(gap.size, end - this.#frontier);
      const read = await this.#bytes.read(gap.first(length), this.#frontier);
      if (read === 0) throw sourceShrank();
      this.#hash(gap, 0, read);
      this.#frontier += read;
    }
    await this.#gaps.hashed();
  }

  /** Reads no further: whoever waits for it gets `error`. */
  stop(error: unknown): void {
    this.#error ??= error;
  }

  #end(): number {
    return Math.min(this.#bytes.size, this.#mayReadTo(this.#frontier));
  }

  /** Reads on to `position`: a stream that is read in order must not be read past what is not hashed yet. */
  async reach(position: number): Promise<void> {
    while (this.#frontier < position || this.#filling !== undefined) {
      this.catchUp();
      await this.#filling;
      if (this.#error !== undefined) throw this.#error;
    }
  }

  /** After the last lane has ended. Lower-case hex. */
  async finish(): Promise<string> {
    await this.reach(this.#bytes.size);
    return this.#hasher.digest();
  }

  close(): Promise<void> {
    return this.#hasher.close();
  }
}
