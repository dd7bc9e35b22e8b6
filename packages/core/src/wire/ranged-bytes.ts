import type { BytesState, OpenBytes } from '../model/bytes.js';
import { SluiceError } from '../model/error.js';
import { sourceChanged } from '../model/source-changed.js';
import { ByteCursor, CursorBroken } from './byte-cursor.js';
import { abortError, type Clock, systemClock } from './clock.js';

/** Something far away that can be opened at a position, as a stream. */
export interface RangedSource extends BytesState {
  /** How it is called in messages, without secrets. */
  name: string;
  /** False where it can be opened at its beginning only: then what lies before a position is read and thrown away. */
  seekable: boolean;
  /**
   * Opens a stream from `position` to the end; position 0 alone where it is not seekable. It ends its connection when `signal` fires or
   * the iteration is returned from, and reads no further ahead than a chunk or two. The memory of a chunk may be used again once
   * the next one is asked for.
   * @throws SluiceError `source-unreachable` or `unavailable` with `retry: 'later'`, or what is no SluiceError, where it may succeed again
   */
  openAt(position: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  look(): Promise<BytesState>;
  /** Called once, after the last stream has ended. */
  close?(): Promise<void>;
  /** Ends every stream. */
  signal: AbortSignal;
  /** Milliseconds without a byte before a stream counts as broken. */
  idleTimeoutMs: number;
  /** So many streams at once, 6 unless said: each reader that reads forward keeps one. */
  streams?: number;
  clock?: Clock;
}

/** As many readers as an upload has, and one for the digest. */
const usualStreams = 6;
/** A stream is opened so often without one byte of progress, and so often in all. */
const mostAttempts = 4;
const mostBreaks = 100;
const firstPauseMs = 250;

/**
 * Bytes that can be read at any position, made of streams: each reader that reads forward is served by one of them, opened again
 * where it broke. A source that turns out longer or shorter than its size is an error.
 */
export function rangedBytes(source: RangedSource): OpenBytes {
  return new RangedBytes(source);
}

class RangedBytes implements OpenBytes {
  readonly size: number;
  readonly fingerprint: string;
  readonly seekable: boolean;
  readonly far = true;
  readonly #source: RangedSource;
  readonly #clock: Clock;
  readonly #most: number;
  /** The least recently used first. */
  readonly #idle: ByteCursor[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #breaks = 0;
  #closed = false;

  constructor(source: RangedSource) {
    this.size = source.size;
    this.fingerprint = source.fingerprint;
    this.seekable = source.seekable;
    this.#source = source;
    this.#clock = source.clock ?? systemClock;
    this.#most = source.seekable ? (source.streams ?? usualStreams) : 1;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    const wanted = target.subarray(0, Math.max(0, Math.min(target.byteLength, this.size - position)));
    if (wanted.byteLength === 0) return 0;
    let cursor = await this.#take(position);
    let attempts = 0;
    for (let filled = 0; filled < wanted.byteLength; ) {
      try {
        filled += await cursor.read(wanted.subarray(filled), position + filled);
        attempts = 0;
      } catch (error) {
        cursor.close();
        attempts += 1;
        await this.#afterBreak(error, { attempts, at: position + filled }).catch((final: unknown) => {
          this.#release();
          throw final;
        });
        cursor = this.#open(position + filled);
      }
    }
    await this.#giveBack(cursor);
    return wanted.byteLength;
  }

  look(): Promise<BytesState> {
    return this.#source.look();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const cursor of this.#idle.splice(0)) cursor.close();
    await this.#source.close?.();
  }

  /** A stream that stands at `position`, or a new one: in place of the one that was not used for longest, where there are enough. */
  async #take(position: number): Promise<ByteCursor> {
    while (this.#busy >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const { signal, name } = this.#source;
    if (signal.aborted || this.#closed) {
      // Nor is there anything for those behind it.
      this.#waiting.shift()?.();
      throw signal.aborted ? abortError(signal) : new SluiceError({ code: 'aborted', message: `${name} was closed` });
    }
    this.#busy += 1;
    const found = this.#idle.findIndex((one) => one.canServe(position));
    const [known] = found < 0 ? [] : this.#idle.splice(found, 1);
    if (known !== undefined) return known;
    const extra = this.#busy + this.#idle.length > this.#most ? this.#idle.shift() : undefined;
    extra?.close();
    return this.#open(position);
  }

  #open(position: number): ByteCursor {
    return new ByteCursor({ ...this.#source, from: this.seekable ? position : 0, clock: this.#clock });
  }

  #release(): void {
    this.#busy -= 1;
    this.#waiting.shift()?.();
  }

  async #giveBack(cursor: ByteCursor): Promise<void> {
    try {
      if (!this.#closed && cursor.position < this.size) {
        this.#idle.push(cursor);
        return;
      }
      const goesOn = !this.#closed && (await cursor.goesOn());
      cursor.close();
      if (goesOn) throw this.#another(`goes on after its ${this.size} bytes`);
    } finally {
      this.#release();
    }
  }

  /** Resolves when the stream is to be opened again, rejects when that cannot help. */
  async #afterBreak(error: unknown, { attempts, at }: { attempts: number; at: number }): Promise<void> {
    const { signal, name } = this.#source;
    if (signal.aborted) throw abortError(signal);
    if (this.#closed || !mayHelp(error)) throw error;
    const ended = error instanceof CursorBroken && error.ended;
    // A stream that ends early may mean that there is no more; so may one that breaks at the same place again.
    if (ended || attempts === 2) await this.#assertSize();
    this.#breaks += 1;
    if (attempts < mostAttempts && this.#breaks < mostBreaks) {
      if (attempts === 1) return;
      return this.#clock.sleep(firstPauseMs * 2 ** (attempts - 2), signal);
    }
    if (SluiceError.is(error)) throw error;
    const what = error instanceof CursorBroken ? error.message : 'the connection broke';
    throw new SluiceError({
      code: 'source-unreachable',
      message: `${name}: ${what} after ${at} of ${this.size} bytes, again and again; nothing was created`,
      cause: error,
    });
  }

  async #assertSize(): Promise<void> {
    const now = await this.#source.look().catch(() => undefined);
    if (now !== undefined && now.size !== this.size) {
      throw this.#another(`had ${this.size} bytes and now has ${now.size}`);
    }
  }

  #another(what: string): SluiceError {
    return sourceChanged(`${this.#source.name} ${what}`);
  }
}

const passing = new Set(['source-unreachable', 'unavailable', 'timeout', 'rate-limited']);

function mayHelp(error: unknown): boolean {
  return !SluiceError.is(error) || (passing.has(error.code) && error.retry === 'later');
}
