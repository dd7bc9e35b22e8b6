import { type BuffersOfLane, ReusedBuffer } from './buffers.js';

/** Buffers that are used in turns, from one part to the next: the one that was filled longest ago is the likeliest to be free. */
export class BufferRing {
  readonly #buffers: readonly [ReusedBuffer, ...ReusedBuffer[]];
  #turn = 0;

  constructor({ count, size }: BuffersOfLane) {
    const others = Array.from({ length: count - 1 }, () => new ReusedBuffer(size));
    this.#buffers = [new ReusedBuffer(size), ...others];
  }

  next(): ReusedBuffer {
    const buffer = this.#buffers[this.#turn] ?? this.#buffers[0];
    this.#turn = (this.#turn + 1) % this.#buffers.length;
    return buffer;
  }

  /** Resolves when the socket has taken what is in all of them; the digest may still be behind. */
  async written(): Promise<void> {
    for (const { written } of this.#buffers) if (written !== undefined) await written;
  }

  /** Resolves when the digest has taken what is in all of them. */
  async hashed(): Promise<void> {
    for (const { hashed } of this.#buffers) if (hashed !== undefined) await hashed;
  }
}
