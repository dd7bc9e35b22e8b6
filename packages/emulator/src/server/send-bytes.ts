import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ByteRange, parseByteRange } from './byte-range.js';

/** A body that can be read from an offset. */
export interface SendableBytes {
  size: number;
  headers: Record<string, string>;
  read(range?: ByteRange): Readable;
}

/** Answers a GET or a HEAD with a body, or with the part of it that `Range` asks for. Answers with the status sent. */
export async function sendBytes(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  bytes: SendableBytes,
): Promise<number> {
  const range = parseByteRange(incoming.headers.range, bytes.size);
  if (range === 'unsatisfiable') {
    outgoing.writeHead(416, { 'content-range': `bytes */${bytes.size}`, 'content-length': '0' }).end();
    return 416;
  }
  const status = range ? 206 : 200;
  outgoing.writeHead(status, { ...bytes.headers, ...rangeHeaders(bytes.size, range) });
  if (incoming.method === 'HEAD') outgoing.end();
  else await sendBody(bytes.read(range), outgoing);
  return status;
}

/** Pipes a body out. A client that goes away is its own business, not an error of the server's. */
export async function sendBody(body: Readable, outgoing: ServerResponse): Promise<void> {
  try {
    await pipeline(body, outgoing);
  } catch {
    outgoing.destroy();
  }
}

function rangeHeaders(size: number, range: ByteRange | undefined): Record<string, string> {
  const length = range ? range.end - range.start + 1 : size;
  return {
    'accept-ranges': 'bytes',
    'content-length': String(length),
    ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${size}` } : {}),
  };
}
