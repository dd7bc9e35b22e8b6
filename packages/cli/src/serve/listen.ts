import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { usageError } from '../usage.js';

/** How long a delivery that is being answered may still take when the server ends, in milliseconds. */
const graceMs = 5_000;

/** A server that listens. */
export interface Listening {
  url: string;
  /** Takes no more; resolves when what was on its way is answered, or the grace is over. */
  close(): Promise<void>;
}

/** @throws SluiceError `invalid-request` when the port is taken or the address is none of this machine's */
export async function listen(app: Hono, { port, host }: { port: number; host: string }): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, { port, host })));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise<void>((resolve) => {
        const enough = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(enough);
          resolve();
        });
        if ('closeIdleConnections' in server) server.closeIdleConnections();
      }),
  };
}

function listenError(error: NodeJS.ErrnoException, { port, host }: { port: number; host: string }): Error {
  if (error.code === 'EADDRINUSE') return usageError(`--port ${port}: something else listens there; take another`);
  if (error.code === 'EACCES')
    return usageError(`--port ${port}: this user may not listen there; take one from 1024 on`);
  return usageError(`--host ${host}: cannot be listened at (${error.code ?? error.message})`);
}
