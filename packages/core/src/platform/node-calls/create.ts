import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { setImmediate } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { CallFetch } from '../../wire/call-fetch.js';
import { onAbort } from '../../wire/on-abort.js';
import type { StopSignal } from '../../wire/stop.js';
import { authorities } from '../node-connections.js';
import type { PlatformCalls } from '../port.js';
import { limitConnecting } from './limit-connecting.js';
import { mindAtRest, restBeforeReuse } from './rest-before-reuse.js';
import { sendable } from './sendable.js';
import { responseOf } from './whole-response.js';

/** Shorter than most servers keep them, so that a call rarely goes into a connection that is just being closed. Milliseconds. */
const idleSocketMs = 4_000;

/**
 * Control calls over node:http. The platform's fetch takes more time for a call than the engine does for the whole job, most of
 * it for what no control call asks for (docs/decisions/0019).
 */
export function createNodeCalls({ ca }: { ca?: string }): PlatformCalls {
  const options = { keepAlive: true, timeout: idleSocketMs };
  const plain = new http.Agent(options);
  const secure = new https.Agent({ ...options, ...authorities(ca) });
  restBeforeReuse(plain);
  restBeforeReuse(secure);
  const fetch: CallFetch = async (url, init) => {
    const { headers, body } = await sendable(init);
    const target = new URL(url);
    const isSecure = target.protocol === 'https:';
    await seeWhatClosed();
    if (init.signal.aborted) throw reasonOf(init.signal);
    // Through the module, not by an import of the function: what stands in for it in a test is to be asked.
    const { request } = isSecure ? https : http;
    return exchange(
      request(target, { method: init.method, headers, agent: isSecure ? secure : plain }),
      body,
      init.signal,
    );
  };
  return {
    fetch,
    close: async () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

/**
 * Some servers close a connection right after an answer that did not say so: a call that counts and goes into it would be in doubt. One whole
 * turn of the event loop shows what has come by then. It costs nothing: calls that begin together are written together.
 */
async function seeWhatClosed(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

function exchange(request: ClientRequest, body: Buffer | undefined, signal: StopSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const stop = () => request.destroy(reasonOf(signal));
    let shakesHands = false;
    request.once('close', onAbort(signal, stop));
    request.once('socket', (socket) => {
      if (!socket.connecting) return;
      limitConnecting(socket);
      mindAtRest(socket);
      if (!(socket instanceof TLSSocket)) return;
      shakesHands = true;
      socket.once('secureConnect', () => {
        shakesHands = false;
      });
    });
    request.on('error', (error) => reject(shakesHands ? unsentError(error) : error));
    request.once('response', (message) => {
      responseOf(message).then(resolve, (error: unknown) => {
        request.destroy();
        reject(error);
      });
    });
    // Nobody listening, the request would end without a word.
    request.once('upgrade', (_message, socket) => {
      socket.destroy();
      reject(new Error('the answer is the beginning of another protocol'));
    });
    request.end(body);
  });
}

function reasonOf({ reason }: StopSignal): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}

/** Nothing of a request is sent before both sides have shaken hands; the error of a connection that broke meanwhile does not say so. */
function unsentError(cause: Error): Error {
  return Object.assign(new Error(cause.message, { cause }), { syscall: 'connect' });
}
