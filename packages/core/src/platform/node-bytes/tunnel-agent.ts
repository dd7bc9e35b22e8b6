import { type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, type AgentOptions, type RequestOptions, request as requestHttps } from 'node:https';
import { isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { SluiceError } from '../../model/error.js';

/** For the proxy's answer, in milliseconds. */
const tunnelTimeoutMs = 10_000;

/** What a proxy wants to see of who comes through it. */
function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** A connection that is given up with the request that wanted it. */
export interface TunneledOptions extends RequestOptions {
  stop?: AbortSignal;
}

type Connected = (error: Error | null, stream: Duplex) => void;

/** TLS connections through a tunnel (CONNECT) of an HTTP proxy. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;
  /** Ends the tunnels that are being made. */
  readonly #closing = new AbortController();

  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: TunneledOptions, callback?: Connected): undefined {
    void this.#connect(options, callback);
  }

  async #connect({ stop, ...options }: TunneledOptions, connected: Connected | undefined): Promise<void> {
    const signal = stop === undefined ? this.#closing.signal : AbortSignal.any([stop, this.#closing.signal]);
    let socket: Socket;
    try {
      socket = await this.#tunnel(`${options.host}:${options.port}`, signal);
    } catch (error) {
      connected?.(error instanceof Error ? error : new Error(String(error)), new Socket());
      return;
    }
    const { host: target, port: _port, path: _path, ...tls } = options;
    const host = target ?? '';
    const name = isIP(host) === 0 ? { servername: options.servername ?? host } : {};
    connected?.(null, connectTls({ ...tls, host, socket, ...name }));
  }

  #tunnel(target: string, signal: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const secure = this.#proxy.protocol === 'https:';
      const request = (secure ? requestHttps : requestHttp)({
        method: 'CONNECT',
        host: this.#proxy.hostname,
        port: this.#proxy.port === '' ? (secure ? 443 : 80) : this.#proxy.port,
        path: target,
        headers: { host: target, ...proxyHeaders(this.#proxy) },
        agent: false,
        signal,
        timeout: tunnelTimeoutMs,
        ...(this.options.ca !== undefined && { ca: this.options.ca }),
      });
      request.once('connect', (answer: IncomingMessage, socket: Socket) => {
        socket.setTimeout(0);
        if (answer.statusCode === 200) return resolve(socket);
        socket.destroy();
        reject(refused(answer.statusCode ?? 0));
      });
      request.once('timeout', () => request.destroy(new Error('the proxy does not answer')));
      request.once('error', reject);
      request.end();
    });
  }

  override destroy(): void {
    this.#closing.abort();
    super.destroy();
  }
}

function refused(status: number): SluiceError {
  return new SluiceError({
    code: 'unavailable',
    message: `network.proxy: the proxy answers ${status} and makes no connection; nothing was sent`,
  });
}
