import { type AnswerHead, UnreadableAnswer } from './answer-head.js';

type Next = () => Promise<Uint8Array | undefined>;

/**
 * The body that a head announces (RFC 9112, 6.3). A chunk's memory is used again for the next.
 * @throws UnreadableAnswer at once for a framing that this reader does not know
 */
export function readBody({ headers }: AnswerHead, next: Next): AsyncIterable<Uint8Array> {
  const encoding = headers.get('transfer-encoding')?.toLowerCase();
  if (encoding === 'chunked') return readChunked(next);
  if (encoding !== undefined && encoding !== 'identity') throw new UnreadableAnswer(`transfer encoding ${encoding}`);
  const length = headers.get('content-length');
  if (length === undefined) return readToEnd(next);
  if (!/^\d+$/.test(length)) throw new UnreadableAnswer('the length of the answer is no number');
  return readLength(next, Number(length));
}

async function* readToEnd(next: Next): AsyncGenerator<Uint8Array> {
  for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
}

async function* readLength(next: Next, length: number): AsyncGenerator<Uint8Array> {
  for (let left = length; left > 0; ) {
    const chunk = await next();
    if (chunk === undefined) throw closedEarly();
    yield chunk.byteLength <= left ? chunk : chunk.subarray(0, left);
    left -= chunk.byteLength;
  }
}

/** Sizes in hexadecimal on lines of their own (RFC 9112, 7.1); what follows the last chunk is of no use here. */
async function* readChunked(next: Next): AsyncGenerator<Uint8Array> {
  let line = '';
  let left = 0;
  for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
    for (let at = 0; at < chunk.byteLength; ) {
      if (left > 0) {
        const piece = chunk.subarray(at, at + left);
        at += piece.byteLength;
        left -= piece.byteLength;
        yield piece;
        continue;
      }
      const end = chunk.indexOf(10, at);
      line += Buffer.from(chunk.subarray(at, end < 0 ? chunk.byteLength : end)).toString('latin1');
      if (line.length > 1_024) throw new Error('a chunk of the answer has no size');
      if (end < 0) break;
      at = end + 1;
      // The line that ends the data of the chunk before.
      if (line.trim() !== '') left = chunkSize(line);
      if (line.trim() !== '' && left === 0) return;
      line = '';
    }
  }
  throw closedEarly();
}

function chunkSize(line: string): number {
  const size = /^([0-9a-f]{1,13})\s*(?:;|$)/i.exec(line.trim())?.[1];
  if (size === undefined) throw new Error('a chunk of the answer has no size');
  return Number.parseInt(size, 16);
}

function closedEarly(): Error {
  return new Error('the connection was closed before the end of the answer');
}
