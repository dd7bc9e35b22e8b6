import { S3Error } from './s3-error.js';

const LONGEST_LINE_BYTES = 16 * 1024;

/**
 * Decodes the `aws-chunked` content encoding with a trailer: lengths in hex, bytes, and after the last chunk headers.
 * Feed it the body through `decode`; `trailers` is complete when that has ended.
 */
export class AwsChunkedDecoder {
  /** Lower-case names. */
  readonly trailers = new Map<string, string>();
  #line = Buffer.alloc(0);
  #left = 0;
  #expect: 'size' | 'bytes' | 'end-of-chunk' | 'trailer' | 'nothing' = 'size';

  /** The bytes without their wrapping. Throws `IncompleteBody` where the wrapping is not what it should be. */
  async *decode(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of body) {
      let rest = piece;
      while (rest.length > 0) {
        if (this.#expect === 'bytes') {
          const bytes = rest.subarray(0, this.#left);
          rest = rest.subarray(bytes.length);
          this.#left -= bytes.length;
          if (this.#left === 0) this.#expect = 'end-of-chunk';
          yield bytes;
        } else {
          rest = this.#takeLine(rest);
        }
      }
    }
    if (this.#expect !== 'nothing' || this.#line.length > 0) throw incomplete();
  }

  /** Takes what belongs to the current line and reads the line once it is whole. Answers with the rest. */
  #takeLine(piece: Buffer): Buffer {
    const end = piece.indexOf('\n');
    const part = end < 0 ? piece : piece.subarray(0, end + 1);
    this.#line = Buffer.concat([this.#line, part]);
    if (this.#line.length > LONGEST_LINE_BYTES) throw incomplete();
    if (end >= 0) {
      if (!this.#line.subarray(-2).equals(Buffer.from('\r\n'))) throw incomplete();
      const line = this.#line.subarray(0, -2).toString('latin1');
      this.#line = Buffer.alloc(0);
      this.#readLine(line);
    }
    return piece.subarray(part.length);
  }

  #readLine(line: string): void {
    if (this.#expect === 'size') {
      if (!/^[0-9a-f]+$/i.test(line)) throw incomplete();
      this.#left = Number.parseInt(line, 16);
      this.#expect = this.#left === 0 ? 'trailer' : 'bytes';
    } else if (this.#expect === 'end-of-chunk') {
      if (line !== '') throw incomplete();
      this.#expect = 'size';
    } else if (this.#expect === 'trailer' && line !== '') {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*?)\s*$/.exec(line) ?? [];
      if (name === '') throw incomplete();
      this.trailers.set(name.toLowerCase(), value);
    } else if (this.#expect === 'trailer') {
      this.#expect = 'nothing';
    } else {
      throw incomplete();
    }
  }
}

function incomplete(): S3Error {
  return new S3Error('IncompleteBody', 'The request body is not encoded as aws-chunked says');
}
