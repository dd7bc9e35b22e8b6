import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './certificate.js';
import { sendUnruly } from './unruly-answer.js';

/** A file, and each way in which its server misbehaves; none unless said. */
export interface UnrulyFile {
  bytes: Uint8Array;
  /** What a HEAD gets: the truth, 405, 403, or a connection that is reset. */
  head?: 'answered' | 'not-allowed' | 'forbidden' | 'reset';
  /** `untold`: no length, the body ends with the connection. A number: a lie, in HEAD and in every whole answer. */
  length?: 'told' | 'untold' | number;
  /** A lie in HEAD alone. Bytes. */
  headLength?: number;
  /** False: a range is not heard, and the whole is sent. */
  ranges?: boolean;
  /** The connection ends there as if there were no more, in every answer. Position in the file. */
  truncatedAt?: number;
  /** The connection is reset there; only in the first `resets` answers that come so far, in each without it. */
  resetAt?: number;
  resets?: number;
  /** What the file is from the moment on that somebody begins to read it, in place of `bytes`. */
  becomes?: Uint8Array;
  /** Where every request is sent on to. */
  redirectTo?: string;
  /** Pause before each 64 KiB, in milliseconds. */
  slowMs?: number;
  /** From there on nothing comes any more, and the connection stays open. */
  silentFrom?: number;
  /** Compresses, whatever it was asked. */
  gzip?: boolean;
  etag?: string;
  lastModified?: string;
  /** Answers 401 to everybody else. */
  credentials?: { username: string; password: string };
  /** Answers with this status and nothing else. */
  status?: number;
}

/** One request that came. */
export interface UnrulyRequest {
  method: string;
  path: string;
  range?: string;
  ifRange?: string;
  authorization?: string;
}

/** An http server on loopback that misbehaves as each file says. */
export interface UnrulyHttp {
  /** Without a slash at its end. */
  url: string;
  /** By path, with its leading slash. What is changed here counts at once. */
  files: Map<string, UnrulyFile>;
  asked: UnrulyRequest[];
  /** Connections that are open now. */
  connections(): Promise<number>;
  /** PEM text of what its clients must trust; with `tls`. */
  certificate?: string;
  stop(): Promise<void>;
}

/** Starts an http server, or with `tls` an https server, on a free port of loopback. */
export async function startUnrulyHttp({ tls = false }: { tls?: boolean } = {}): Promise<UnrulyHttp> {
  const files = new Map<string, UnrulyFile>();
  const asked: UnrulyRequest[] = [];
  const { server, certificate } = await makeServer(tls, (request, response) => {
    asked.push(noted(request));
    const path = pathOf(request);
    const file = files.get(path);
    if (file === undefined) response.writeHead(404).end();
    else void sendUnruly(file, request, response).catch(() => response.destroy());
    if (file?.becomes !== undefined && request.method === 'GET') files.set(path, { ...file, bytes: file.becomes });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    files,
    asked,
    ...(certificate !== undefined && { certificate }),
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function makeServer(tls: boolean, listener: RequestListener) {
  if (!tls) return { server: createServer(listener) };
  const home = await mkdtemp(join(tmpdir(), 'sluice-https-'));
  try {
    const paths = await makeCertificate(home);
    const [cert, key] = await Promise.all([readFile(paths.certificate, 'utf8'), readFile(paths.key)]);
    return { server: createSecureServer({ cert, key }, listener), certificate: cert };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return new URL(url, 'http://loopback').pathname;
}

function noted(request: IncomingMessage): UnrulyRequest {
  const { range, authorization, 'if-range': ifRange } = request.headers;
  return {
    method: request.method ?? '',
    path: pathOf(request),
    ...(range !== undefined && { range }),
    ...(typeof ifRange === 'string' && { ifRange }),
    ...(authorization !== undefined && { authorization }),
  };
}
