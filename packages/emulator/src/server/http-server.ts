import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Answers one request; resolves once that is done. Handles its own errors. */
export type AsyncListener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** A server that listens. */
export interface ListeningServer {
  /** Without a slash at the end, such as `http://127.0.0.1:4010`. */
  url: string;
  /** Resolves when no socket is open and no answer is under way. */
  close(): Promise<void>;
}

/** Where and how a server listens. */
export interface ListenOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** The listener itself tells clients that ask first (`Expect: 100-continue`) to go on. Default: they are told at once. */
  awaitsContinue?: boolean;
}

/**
 * Listens on loopback (or wherever `host` says) and closes for good: no socket is left behind, not even one that is in
 * the middle of an answer.
 */
export async function listen(
  listener: AsyncListener,
  { host, port, awaitsContinue = false }: ListenOptions,
): Promise<ListeningServer> {
  // Clients keep connections for reuse; a server that hung up after Node's five seconds would look like a fault.
  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 });
  const answers = new Set<Promise<void>>();
  const take = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const answer = listener(incoming, outgoing);
    answers.add(answer);
    void answer.finally(() => answers.delete(answer));
  };
  server.on('request', take);
  if (awaitsContinue) server.on('checkContinue', take);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { url: `http://${hostInUrl(host)}:${portOf(server)}`, close: () => closeServer(server, answers) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** A wildcard address is where a server listens, not where a client can go. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function closeServer(server: Server, answers: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });
  server.closeAllConnections();
  await closed;
  await Promise.all(answers);
}
