import { once } from 'node:events';
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { S3Error, sendS3Error } from '../object-store/s3-error.js';
import type { S3Listener } from '../object-store/s3-face.js';
import { bodyOf } from '../object-store/s3-request.js';
import { continueBody } from '../server/continue.js';
import type { Rooms } from '../server/rooms.js';

/**
 * Passes requests on to another store as they are. The Host header stays what the client sent, or its signature would
 * not hold.
 */
export function forwardTo(endpoint: string, { log, closing }: Pick<Rooms, 'log' | 'closing'>): S3Listener {
  const { origin } = new URL(endpoint);
  const isSecure = origin.startsWith('https:');
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  closing.addEventListener('abort', () => agent.destroy(), { once: true });
  return async (incoming, outgoing, body = bodyOf(incoming)) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const { expect: _, connection: __, ...passed } = headers;
    continueBody(incoming, outgoing);
    const options = { method, agent, headers: passed, setHost: false, signal: closing };
    const request = isSecure ? requestHttps(origin + url, options) : requestHttp(origin + url, options);
    let note = 'passed on';
    try {
      const answer = await exchange(request, body);
      for (const [name, value] of Object.entries(answer.headers))
        if (value !== undefined) outgoing.setHeader(name, value);
      outgoing.writeHead(answer.statusCode ?? 502);
      for await (const piece of answer) outgoing.write(piece);
      outgoing.end();
      // A body that was refused on its way is left where it is, and with it the connection.
      if (!request.writableEnded) request.destroy();
    } catch (error) {
      request.destroy();
      note = `not passed on: ${String(error)}`;
      if (outgoing.headersSent || closing.aborted) outgoing.destroy();
      else sendS3Error(outgoing, new S3Error('InternalError', 'We encountered an internal error.'), url);
      incoming.resume();
    }
    log.add({ provider: 's3', method, path: url, status: outgoing.statusCode, note });
  };
}

/** Answers as soon as the store does, which may be before the body's end. */
async function exchange(request: ClientRequest, body: AsyncIterable<Buffer>): Promise<IncomingMessage> {
  let answer: IncomingMessage | undefined;
  const answered = new Promise<void>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response: IncomingMessage) => {
      answer = response;
      resolve();
    });
  });
  // Awaited further down; until then a rejection must not count as nobody's.
  answered.catch(() => {});
  for await (const piece of body) {
    if (answer) break;
    if (!request.write(piece)) await Promise.race([once(request, 'drain'), answered]);
  }
  if (!answer) request.end();
  await answered;
  if (!answer) throw new Error('no answer');
  return answer;
}
