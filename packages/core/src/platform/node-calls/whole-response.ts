import type { IncomingMessage } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Answers of control calls are rarely longer. Bytes. */
const mostAtOnce = 64 * 1024;

/** What ends early is a shorter text, and nothing is an empty one: whether all of it came, its framing says. */
const lenient = { finishFlush: constants.Z_SYNC_FLUSH };

const decoders: Partial<Record<string, () => Transform>> = {
  gzip: () => createGunzip(lenient),
  'x-gzip': () => createGunzip(lenient),
  deflate: () => createInflate(lenient),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
};

const utf8 = new TextDecoder();

interface Head {
  status: number;
  headers: Headers;
}

/** A response with any status from 200: the platform makes none above 599, though servers do. */
class CallResponse extends Response {
  override readonly status: number;

  constructor(body: ReadableStream | null, { status, headers }: Head) {
    super(body, { headers, status: Math.min(status, 599) });
    this.status = status;
  }
}

/** A response whose text is at hand: to make a stream of it, as a response does, costs as much as the call. */
class WholeResponse extends CallResponse {
  override readonly text: () => Promise<string>;

  constructor(text: string, head: Head) {
    super(null, head);
    this.text = async () => text;
  }
}

/** The response once all of it has come; a long one as a stream. */
export async function responseOf(message: IncomingMessage): Promise<Response> {
  const { statusCode: status = 0 } = message;
  const head = { status, headers: headersOf(message) };
  const body = decoded(message);
  if (Number(message.headers['content-length']) > mostAtOnce && !isBare(status))
    return new CallResponse(Readable.toWeb(body), head);
  const { bytes, whole } = await beginningOf(body);
  if (whole) return new WholeResponse(utf8.decode(bytes), head);
  body.unshift(bytes);
  return new CallResponse(Readable.toWeb(body), head);
}

/** Nothing follows, whatever length is declared: it is that of another answer. */
function isBare(status: number): boolean {
  return status === 204 || status === 304;
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 1; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at - 1] ?? '', rawHeaders[at] ?? '');
  return headers;
}

/** Unpacked, the last packing first. What nobody knows how to unpack is left as it is. */
function decoded(message: IncomingMessage): Readable {
  const codings = message.headers['content-encoding']?.toLowerCase().split(',') ?? [];
  let body: Readable = message;
  for (const coding of codings.reverse()) {
    const decoder = decoders[coding.trim()]?.();
    if (decoder === undefined) break;
    const packed = body;
    packed.once('error', (error) => decoder.destroy(error));
    decoder.once('close', () => packed.destroy());
    body = packed.pipe(decoder);
  }
  return body;
}

function beginningOf(body: Readable): Promise<{ bytes: Buffer; whole: boolean }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (whole: boolean) => {
      body.off('data', take);
      const [first = Buffer.alloc(0)] = chunks;
      resolve({ bytes: chunks.length > 1 ? Buffer.concat(chunks) : first, whole });
    };
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length <= mostAtOnce) return;
      body.pause();
      end(false);
    };
    body.on('data', take);
    body.once('end', () => end(true));
    body.once('error', reject);
  });
}
