import type { ByteInput, OpenBytes } from './bytes.js';
import { SluiceError } from './error.js';
import type { ByteOptions } from './from-bytes.js';

/** What is known of a stream besides itself. */
export interface StreamOptions extends ByteOptions {
  /** Bytes. A provider wants to know it before the first one. */
  size: number;
}

/** So much of what was read last is kept, so that a part that failed can be sent again. Bytes. */
const keptBytes = 64 * 1024 * 1024;

/**
 * A stream as a source: a web stream, a Node stream, any async iterable of bytes. It is read once, in order, one part at a time; a part
 * that fails can be sent again as long as it is within the last 64 MiB. Only this process can open it, and only once.
 */
export function fromStream(stream: AsyncIterable<Uint8Array>, { name, size }: StreamOptions): ByteInput {
  let opened = false;
  const open = async (): Promise<OpenBytes> => {
    if (opened) throw consumed(name, 'it was already read');
    opened = true;
    return new StreamBytes(stream, { name, size });
  };
  return { kind: 'bytes', name, size, seekable: false, open };
}

/** A stream, read forward, with its last stretch kept. */
class StreamBytes implements OpenBytes {
  readonly size: number;
  readonly fingerprint: string;
  readonly seekable = false;
  readonly #name: string;
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** The next chunk is asked for. */
  #pulling = false;
  /** What was read last, and where it begins. */
  #kept: Uint8Array[] = [];
  #keptFrom = 0;
  #readTo = 0;
  #ended = false;

  constructor(stream: AsyncIterable<Uint8Array>, { name, size }: StreamOptions) {
    this.size = size;
    this.fingerprint = `stream-${size}`;
    this.#name = name;
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    if (position < this.#keptFrom) throw consumed(this.#name, 'what must be sent again is no longer there');
    while (this.#readTo < position + target.byteLength && !this.#ended) await this.#pull();
    return this.#copy(target, position);
  }

  async #pull(): Promise<void> {
    this.#pulling = true;
    const next = await this.#chunks.next();
    this.#pulling = false;
    if (next.done === true) {
      this.#ended = true;
      return;
    }
    this.#kept.push(next.value);
    this.#readTo += next.value.byteLength;
    for (let first = this.#kept[0]; first !== undefined; first = this.#kept[0]) {
      if (this.#readTo - this.#keptFrom - first.byteLength < keptBytes) break;
      this.#kept.shift();
      this.#keptFrom += first.byteLength;
    }
  }

  #copy(target: Uint8Array, position: number): number {
    let from = this.#keptFrom;
    let copied = 0;
    for (const chunk of this.#kept) {
      const skip = position + copied - from;
      from += chunk.byteLength;
      if (skip >= chunk.byteLength) continue;
      const stretch = chunk.subarray(skip, skip + target.byteLength - copied);
      target.set(stretch, copied);
      copied += stretch.byteLength;
      if (copied === target.byteLength) break;
    }
    return copied;
  }

  /** A stream that goes on after its size is not what was announced. */
  async look(): Promise<{ size: number; fingerprint: string }> {
    if (this.#readTo === this.size && !this.#ended) await this.#pull();
    return { size: Math.max(this.size, this.#readTo), fingerprint: this.fingerprint };
  }

  /** A generator ends when it has given what it was asked for: one that never does is not waited for. */
  async close(): Promise<void> {
    const ended = this.#chunks.return?.();
    if (this.#pulling) void ended?.catch(() => undefined);
    else await ended;
  }
}

function consumed(name: string, why: string): SluiceError {
  return new SluiceError({
    code: 'source-unreachable',
    retry: 'never',
    message: `${name}: a stream can be read only once, and ${why}; import it again with a fresh stream`,
  });
}
