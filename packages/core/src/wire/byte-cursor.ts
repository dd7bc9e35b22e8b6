import type { Clock } from './clock.js';
import { abortError } from './clock.js';
import { onAbort } from './on-abort.js';

/** What a {@link ByteCursor} reads. */
export interface CursorOptions {
  openAt(position: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  seekable: boolean;
  /** Where its stream begins. */
  from: number;
  signal: AbortSignal;
  idleTimeoutMs: number;
  clock: Clock;
}

/** The stream ended, or nothing came for too long. */
export class CursorBroken extends Error {
  /** True where it ended as if there were no more. */
  readonly ended: boolean;

  constructor(what: string, ended: boolean) {
    super(what);
    this.ended = ended;
  }
}

/** One stream, read forward: it is opened at the first read, and nothing is read ahead but what is left of a chunk. */
export class ByteCursor {
  /** Of the next byte that its stream gives. */
  position: number;
  readonly #options: CursorOptions;
  readonly #stop = new AbortController();
  readonly #forget: () => void;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  #left: Uint8Array | undefined;
  #cut: ((reason: unknown) => void) | undefined;

  constructor(options: CursorOptions) {
    this.#options = options;
    this.position = options.from;
    this.#forget = onAbort(options.signal, () => this.#end(abortError(options.signal)));
  }

  /** True where a read at `position` costs no new stream. */
  canServe(position: number): boolean {
    return this.#options.seekable ? this.position === position : this.position <= position;
  }

  /** Reads some bytes at `position`, at least one, after throwing away what lies before. */
  async read(target: Uint8Array, position: number): Promise<number> {
    let chunk = await this.#next();
    while (chunk !== undefined && this.position + chunk.byteLength <= position) {
      this.#took(chunk, chunk.byteLength);
      chunk = await this.#next();
    }
    if (chunk === undefined) throw new CursorBroken('the stream ended', true);
    if (this.position < position) chunk = this.#took(chunk, position - this.position);
    const taken = chunk.byteLength <= target.byteLength ? chunk : chunk.subarray(0, target.byteLength);
    target.set(taken);
    this.#took(chunk, taken.byteLength);
    return taken.byteLength;
  }

  /** True where more bytes come after the last. What breaks then broke nothing. */
  async goesOn(): Promise<boolean> {
    return (await this.#next().catch(() => undefined)) !== undefined;
  }

  /** Not waited for: a stream that does not obey its signal would hold up everybody. */
  close(): void {
    this.#end(new CursorBroken('the stream was closed', false));
    this.#chunks?.return?.().catch(() => undefined);
  }

  #end(reason: unknown): void {
    this.#forget();
    this.#stop.abort(reason);
    this.#cut?.(reason);
  }

  /** @returns what is left of the chunk */
  #took(chunk: Uint8Array, length: number): Uint8Array {
    this.position += length;
    const rest = chunk.subarray(length);
    this.#left = rest.byteLength === 0 ? undefined : rest;
    return rest;
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#left !== undefined) return this.#left;
    if (this.#chunks === undefined) {
      const { openAt, from } = this.#options;
      const stream = await this.#watched(openAt(from, this.#stop.signal));
      this.#chunks = stream[Symbol.asyncIterator]();
    }
    for (;;) {
      const next = await this.#watched(this.#chunks.next());
      if (next.done === true) return undefined;
      if (next.value.byteLength > 0) {
        this.#left = next.value;
        return next.value;
      }
    }
  }

  /** Rejects as soon as the stream was ended, or nothing came for too long, also where the stream is slow to obey. */
  #watched<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#stop;
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const { clock, idleTimeoutMs } = this.#options;
      const callOff = clock.after(idleTimeoutMs, () => {
        this.#end(new CursorBroken(`nothing came for ${idleTimeoutMs / 1_000} s`, false));
      });
      this.#cut = reject;
      void work.then(resolve, reject).finally(callOff);
    });
  }
}
