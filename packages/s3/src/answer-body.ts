import { Readable } from 'node:stream';
import type { SourceAnswer } from '@sluice/core/adapter';

/** The body of an answer: the stream that the SDK wants, which its user reads past all that streams cost. */
export class AnswerBody extends Readable {
  readonly #answer: SourceAnswer;
  #chunks: AsyncIterator<Uint8Array> | undefined;

  constructor(answer: SourceAnswer) {
    super();
    this.#answer = answer;
  }

  /** All of it, for one who reads nothing of the stream. A chunk's memory may be used again for the next. */
  async *chunks(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const onAbort = () => this.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      yield* this.#answer.body ?? [];
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.destroy();
    }
  }

  override _read(): void {
    this.#next().then(
      (chunk) => this.push(chunk),
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#answer.discard();
    callback(error);
  }

  async #next(): Promise<Uint8Array | null> {
    this.#chunks ??= this.#answer.body?.[Symbol.asyncIterator]();
    const next = await this.#chunks?.next();
    return next === undefined || next.done === true ? null : Uint8Array.from(next.value);
  }
}
