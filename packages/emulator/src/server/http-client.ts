import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { rootCertificates } from 'node:tls';

/** What the emulator asks of the outside: a source's bytes, or a webhook's receiver. */
export interface OutgoingRequest {
  method: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

const LONGEST_REDIRECT_CHAIN = 10;

/**
 * The emulator's own small HTTP client. It is on node:http because a body that ends early must be an error, bytes must
 * arrive as they were sent (no decompression), and nothing may stay open after `close`.
 */
export class HttpClient {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https: HttpsAgent;

  /** @param ca certificates in PEM that are trusted besides the usual ones */
  constructor(ca?: string) {
    const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
    this.#https = new HttpsAgent({ keepAlive: true, ...trusted });
  }

  /** Sends, following the redirects of a GET. Rejects where no answer came; any status is an answer. */
  async send(request: OutgoingRequest): Promise<IncomingMessage> {
    let url = new URL(request.url);
    for (let hop = 0; hop <= LONGEST_REDIRECT_CHAIN; hop += 1) {
      const answer = await this.#once({ ...request, url: url.href });
      const location = answer.headers.location;
      const redirected = request.method === 'GET' && isRedirect(answer.statusCode) && location !== undefined;
      if (!redirected) return answer;
      answer.resume();
      url = new URL(location, url);
    }
    throw new Error(`more than ${LONGEST_REDIRECT_CHAIN} redirects`);
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #once(request: OutgoingRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = this.#open(request);
      sent.once('response', resolve);
      sent.once('error', reject);
      sent.end(request.body);
    });
  }

  #open({ method, url, headers, signal }: OutgoingRequest): ClientRequest {
    const options = { method, signal, headers: { accept: '*/*', ...headers } };
    const { protocol } = new URL(url);
    if (protocol === 'http:') return requestHttp(url, { ...options, agent: this.#http });
    if (protocol === 'https:') return requestHttps(url, { ...options, agent: this.#https });
    throw new Error(`cannot fetch ${protocol} URLs`);
  }
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
