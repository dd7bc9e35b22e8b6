import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { UnrulyFile } from './unruly-http.js';

const pieceSize = 64 * 1024;

/** Answers one request for a file, in the way that the file says. */
export async function sendUnruly(file: UnrulyFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { credentials, redirectTo, status } = file;
  if (status !== undefined) return void response.writeHead(status).end();
  if (redirectTo !== undefined) return void response.writeHead(302, { location: redirectTo }).end();
  if (credentials !== undefined && request.headers.authorization !== basic(credentials)) {
    return void response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
  }
  if (request.method === 'HEAD') return answerHead(file, response);
  await sendBody(file, request, response);
}

function answerHead(file: UnrulyFile, response: ServerResponse): void {
  const { head = 'answered' } = file;
  if (head === 'reset') return void response.socket?.resetAndDestroy();
  if (head !== 'answered') return void response.writeHead(head === 'forbidden' ? 403 : 405).end();
  const { length, headLength = file.bytes.byteLength } = file;
  const told = lengthOf(file.headLength === undefined ? { length } : {}, headLength);
  response.writeHead(200, { ...headersOf(file), ...told }).end();
}

async function sendBody(file: UnrulyFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (file.gzip === true) {
    const packed = gzipSync(file.bytes);
    response.writeHead(200, { ...headersOf(file), 'content-encoding': 'gzip', 'content-length': packed.byteLength });
    return void response.end(packed);
  }
  const size = file.bytes.byteLength;
  const range = rangeOf(file, request);
  if (range !== undefined && range.from >= size) {
    return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  }
  const { from, to } = range ?? { from: 0, to: size };
  if (range === undefined) {
    response.writeHead(200, { ...headersOf(file), ...lengthOf(file, size) });
  } else {
    const told = { 'content-range': `bytes ${from}-${to - 1}/${size}`, 'content-length': to - from };
    response.writeHead(206, { ...headersOf(file), ...told });
  }
  await sendPieces(file, response, { from, to });
}

async function sendPieces(
  file: UnrulyFile,
  response: ServerResponse,
  { from, to }: { from: number; to: number },
): Promise<void> {
  const resets = file.resetAt !== undefined && from <= file.resetAt && to > file.resetAt && (file.resets ?? 1) > 0;
  const stops = [file.truncatedAt, file.silentFrom, resets ? file.resetAt : undefined].filter((at) => at !== undefined);
  const end = Math.min(to, ...stops);
  for (let position = from; position < end && !response.destroyed; ) {
    if (file.slowMs !== undefined) await delay(file.slowMs);
    const piece = file.bytes.subarray(position, Math.min(end, position + pieceSize));
    position += piece.byteLength;
    if (!response.write(piece)) await drained(response);
  }
  // Whoever was promised more would wait for it as long as the connection is kept.
  const isPromisedMore = typeof file.length === 'number' && file.length > to - from;
  if (end === to && !isPromisedMore) return void response.end();
  if (end === file.silentFrom) return;
  // What was written is to arrive first.
  await new Promise((resolve) => response.write('', resolve));
  if (end === file.truncatedAt || isPromisedMore) return void response.socket?.end();
  if (file.resets !== undefined) file.resets -= 1;
  response.socket?.resetAndDestroy();
}

/** Also when the connection is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
    if (response.destroyed) done();
  });
}

function headersOf({ ranges = true, etag, lastModified }: UnrulyFile): Record<string, string> {
  return {
    'content-type': 'video/mp4',
    ...(ranges && { 'accept-ranges': 'bytes' }),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { 'last-modified': lastModified }),
  };
}

/** Without a length, the end of the connection is the end of the body. */
function lengthOf(
  { length = 'told' }: { length?: UnrulyFile['length'] | undefined },
  size: number,
): Record<string, string | number> {
  if (length === 'untold') return { connection: 'close', 'transfer-encoding': 'identity' };
  return { 'content-length': length === 'told' ? size : length };
}

function rangeOf(file: UnrulyFile, request: IncomingMessage): { from: number; to: number } | undefined {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (asked === null || file.ranges === false) return undefined;
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== file.etag && condition !== file.lastModified) return undefined;
  const size = file.bytes.byteLength;
  const last = asked[2] === '' ? size - 1 : Math.min(size - 1, Number(asked[2]));
  return { from: Number(asked[1]), to: last + 1 };
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
