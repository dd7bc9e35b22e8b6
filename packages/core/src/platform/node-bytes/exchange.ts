import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { SluiceError } from '../../model/error.js';
import { abortError } from '../../wire/clock.js';
import { type SendAnswer, SendError } from '../byte-plane.js';
import type { Agents } from './agents.js';
import { IdleWatch } from './idle-watch.js';
import type { TunneledOptions } from './tunnel-agent.js';

/** The head of an answer that is kept. Bytes. */
const keptBody = 4 * 1024;

/** What came back, and when. */
export interface Answer extends SendAnswer {
  /** It came after all that it is about was on its way. */
  toWhole: boolean;
}

/** What is sent where. */
export interface ExchangeOptions {
  method: 'PUT' | 'POST';
  url: string;
  headers: Record<string, string>;
  /** Bytes of the body: it is never sent chunked. */
  contentLength: number;
  agents: Agents;
  idleTimeoutMs: number;
  signal: AbortSignal;
  /** So much of the answer's body is kept. Bytes. */
  keep?: number;
}

/** One request whose body is written piece by piece, and its answer. */
export class Exchange {
  readonly #request: ClientRequest;
  /** The answer; rejects with a {@link SendError}, or with the signal's error. */
  readonly answer: Promise<Answer>;
  /** The answer began, or the request broke: nothing more needs to be written. */
  over = false;
  /** From here on pieces go to the socket itself: what http does about each would cost as much as reading it. */
  #headSent = false;
  /** Bytes of the body that were given to the socket. That it took them is told later, over TLS even after the answer. */
  #given = 0;
  #failure: Error | undefined;
  /** Ends a tunnel that is still being made. */
  readonly #stop: AbortController | undefined;
  /** Who waits for the socket to take bytes: what is held back for a connection that is never made is never taken. */
  readonly #writing: ((error?: Error | null) => void)[] = [];
  readonly #idle: IdleWatch;

  constructor(options: ExchangeOptions) {
    const { method, url, headers, contentLength, signal } = options;
    const target = new URL(url);
    const secure = target.protocol === 'https:';
    if (!secure && options.agents.http === undefined) throw unencrypted();
    // Behind a proxy alone: a signal is dear, and an upload may have thousands of parts.
    this.#stop = options.agents.http === undefined ? new AbortController() : undefined;
    const request: TunneledOptions = {
      method,
      agent: secure ? options.agents.https : options.agents.http,
      headers: { ...headers, 'content-length': contentLength },
      ...(this.#stop !== undefined && { stop: this.#stop.signal }),
    };
    this.#request = (secure ? requestHttps : requestHttp)(target, request);
    this.answer = this.#answered(options);
    // Whoever writes may have to give up before anybody awaits the answer.
    this.answer.catch(() => undefined);
    const onAbort = () => this.#fail(abortError(signal));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    this.#request.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      this.over = true;
      const untaken = new Error('the connection was closed');
      for (const done of this.#writing.splice(0)) done(untaken);
    });
    this.#idle = new IdleWatch(this.#request, options.idleTimeoutMs, () =>
      this.#fail(new SendError({ kind: 'stalled' })),
    );
  }

  /**
   * Resolves when the socket has taken the bytes, or never will: only then may their memory be used again.
   * @param onTaken called when it has
   */
  write(bytes: Uint8Array, onTaken?: () => void): Promise<void> {
    this.#given += bytes.byteLength;
    return new Promise((resolve) => {
      const done = (error?: Error | null) => {
        this.#headSent = true;
        const index = this.#writing.indexOf(done);
        if (index >= 0) this.#writing.splice(index, 1);
        this.#idle.moved();
        if (error == null) onTaken?.();
        resolve();
      };
      this.#writing.push(done);
      // A write takes its time: whoever comes next begins to read first.
      process.nextTick(this.#give, bytes, done);
    });
  }

  readonly #give = (bytes: Uint8Array, done: (error?: Error | null) => void): void => {
    const { socket } = this.#request;
    (this.#headSent && socket !== null ? socket : this.#request).write(bytes, done);
  };

  end(): void {
    if (!this.#request.writableEnded) this.#request.end();
  }

  /** Gives the request up; `answer` rejects with `error`. */
  #fail(error: Error): void {
    this.#failure ??= error;
    this.over = true;
    this.#request.destroy(error);
    this.#stop?.abort();
  }

  /** Stops at once because of something on our side. */
  abandon(error: Error): void {
    this.#fail(error);
  }

  #answered(options: ExchangeOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#request.once('response', (response) => {
        this.over = true;
        const toWhole = this.#given >= options.contentLength;
        // Nothing is left to be said, and the connection may be used again, whenever the socket tells of the last bytes.
        if (toWhole) this.end();
        readAnswer(response, options.keep ?? keptBody).then(
          (read) => {
            const answer = { ...read, toWhole };
            // The rest of the body was not sent, or is refused and may never be taken: this connection is good for nothing any more.
            if (!this.#request.writableEnded || (this.#writing.length > 0 && !isYes(answer))) this.#request.destroy();
            resolve(answer);
          },
          (cause: unknown) => reject(this.#failure ?? new SendError({ kind: 'broken', cause })),
        );
      });
      this.#request.once('error', (cause) => {
        this.over = true;
        reject(this.#failure ?? new SendError({ kind: 'broken', cause }));
      });
      // Nobody listening, the request would end without a word.
      this.#request.once('upgrade', (_message, socket) => {
        socket.destroy();
        reject(new SendError({ kind: 'broken', cause: new Error('the answer is the beginning of another protocol') }));
      });
    });
  }
}

function unencrypted(): SluiceError {
  return new SluiceError({
    code: 'unsupported',
    message: 'bytes go through network.proxy only to https addresses, and this one is http; nothing was sent',
  });
}

async function readAnswer(response: IncomingMessage, keep: number): Promise<SendAnswer> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk) || length >= keep) continue;
    kept.push(chunk.subarray(0, keep - length));
    length += chunk.length;
  }
  return {
    status: response.statusCode ?? 0,
    header: (name) => {
      const value = response.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: Buffer.concat(kept).toString('utf8'),
  };
}

/** @throws SendError for a status other than 2xx, and for a yes to what was not whole yet: nobody has what is still here */
export function assertTaken(answer: Answer): void {
  const { status, header, body, toWhole } = answer;
  if (!isYes(answer)) throw new SendError({ kind: 'refused', status, header, body: body.slice(0, keptBody) });
  if (!toWhole) throw new SendError({ kind: 'broken', cause: new Error('it was answered before all of it was sent') });
}

export function isYes({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}
