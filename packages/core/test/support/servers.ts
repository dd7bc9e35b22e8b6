import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createCalls, createFetch } from '../../src/platform/node.js';
import type { FetchOptions } from '../../src/platform/port.js';
import type { CallFetch } from '../../src/wire/call-fetch.js';

/** A server on loopback for one test; `url` is without a slash at its end. */
export async function listen(
  answer: RequestListener,
  server: Server = createServer(),
): Promise<{ url: string; port: number }> {
  server.on('request', answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}

/** The platform's own fetch for one test. */
export function platformFetch(options: FetchOptions): typeof fetch {
  const { fetch, close } = createFetch(options);
  onTestFinished(close);
  return fetch;
}

/** What control calls are made with, for one test. */
export function platformCalls(options: Omit<FetchOptions, 'guarded'> = {}): CallFetch {
  const calls = createCalls(options, platformFetch({ ...options, guarded: false }));
  onTestFinished(calls.close);
  return calls.fetch;
}
