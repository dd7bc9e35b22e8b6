import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import type { CallFetch } from '../../wire/call-fetch.js';
import { onAbort } from '../../wire/on-abort.js';
import type { StopSignal } from '../../wire/stop.js';
import type { PlatformCalls } from '../port.js';
import { limitConnecting } from './limit-connecting.js';
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
  const secure = new https.Agent({ ...options, ...(ca !== undefined && { ca: [...rootCertificates, ca] }) });
  const fetch: CallFetch = async (url, init) => {
    const { headers, body } = await sendable(init);
    const isSecure = url.startsWith('https:');
    // Through the module, not by an import of the function: what stands in for it in a test is to be asked.
    const { request } = isSecure ? https : http;
    return exchange(
      request(url, { method: init.method, headers, agent: isSecure ? secure : plain }),
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

function exchange(request: ClientRequest, body: Buffer | undefined, signal: StopSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const stop = () => request.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    request.once('close', onAbort(signal, stop));
    request.once('socket', limitConnecting);
    request.on('error', reject);
    request.once('response', (message) => void responseOf(message).then(resolve, reject));
    request.end(body);
  });
}
