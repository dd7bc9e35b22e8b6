import { Writable } from 'node:stream';

/** A stream that is written on one side and iterated on the other: the writer goes on when the chunk that it gave is used up. */
export class HandOver extends Writable implements AsyncIterableIterator<Uint8Array> {
  #given: { chunk: Uint8Array; taken: () => void } | undefined;
  #wanted: { resolve(next: IteratorResult<Uint8Array>): void; reject(error: unknown): void } | undefined;
  #used: (() => void) | undefined;
  #over: { error?: unknown } | undefined;

  constructor() {
    super({ decodeStrings: true });
    // Whoever iterates is told; nobody else needs to be.
    this.on('error', () => undefined);
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#given = { chunk, taken: () => callback() };
    this.#settle();
  }

  /** The transfer came to its end, or failed: what was given before is read first. */
  finish(over: { error?: unknown }): void {
    this.#over ??= over;
    this.#settle();
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    this.#used?.();
    this.#used = undefined;
    return new Promise((resolve, reject) => {
      this.#wanted = { resolve, reject };
      this.#settle();
    });
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.finish({});
    this.destroy();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settle(): void {
    const wanted = this.#wanted;
    if (wanted === undefined || (this.#given === undefined && this.#over === undefined)) return;
    this.#wanted = undefined;
    if (this.#given !== undefined) {
      this.#used = this.#given.taken;
      wanted.resolve({ done: false, value: this.#given.chunk });
      this.#given = undefined;
    } else if (this.#over !== undefined && 'error' in this.#over) {
      wanted.reject(this.#over.error);
    } else {
      wanted.resolve({ done: true, value: undefined });
    }
  }
}
