import { connect as connectPlain } from 'node:net';
import { connect as connectTls, rootCertificates, TLSSocket } from 'node:tls';
import { SluiceError, type SourceContext, type SourceState } from '@sluice/core/adapter';
import { Client, FTPError } from 'basic-ftp';
import { DataConnection } from './data-connection.js';
import { ftpError } from './failure.js';
import { waysToBytes } from './passive.js';
import { type FilePlace, serverName } from './place.js';

/** A login, for one thing at a time. */
export class Session {
  readonly #client: Client;
  readonly #place: FilePlace & { address: string };
  readonly #forget: () => void;
  #data: DataConnection | undefined;

  private constructor(client: Client, place: FilePlace & { address: string }, signal: AbortSignal) {
    this.#client = client;
    this.#place = place;
    const onAbort = () => this.close();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#forget = () => signal.removeEventListener('abort', onAbort);
  }

  /** Connects to the address that the guard gives, and logs in. @throws SluiceError `auth`, `source-unreachable`, `unsupported` */
  static async open(place: FilePlace, context: SourceContext, signal: AbortSignal): Promise<Session> {
    const { network, idleTimeoutMs } = context;
    if (network.proxy !== undefined) {
      const message = `${place.name}: ftp does not go through network.proxy; leave the proxy out, or take another source`;
      throw new SluiceError({ code: 'unsupported', message });
    }
    const address = await context.resolve(place.host);
    const client = new Client(idleTimeoutMs);
    const session = new Session(client, { ...place, address }, signal);
    return session.#told(async () => {
      signal.throwIfAborted();
      const { port, username: user, password, security } = place;
      await client.access({
        ...{ host: address, port, user, password },
        secure: security === 'implicit' ? 'implicit' : security === 'explicit',
        secureOptions: {
          ...serverName(place.host),
          ...(network.ca !== undefined && { ca: [...rootCertificates, network.ca] }),
        },
      });
      return session;
    });
  }

  /** Size and time of last change, as far as the server has words for them. */
  look(): Promise<SourceState> {
    return this.#told(async () => {
      const { path, name } = this.#place;
      const size = await optional(this.#client.size(path));
      const modified = await optional(this.#client.lastMod(path));
      if (size !== undefined && modified !== undefined) return stateOf(size, modified.toISOString());
      const listed = await this.#listed(path);
      if (size === undefined && listed === undefined) {
        const message = `${name} is not there, or may not be read`;
        throw new SluiceError({ code: 'source-unreachable', retry: 'never', message });
      }
      return stateOf(size ?? listed?.size, modified?.toISOString() ?? listed?.modified);
    });
  }

  /** For servers without SIZE: what the listing says of the one file. Undefined where it says nothing. */
  async #listed(path: string): Promise<{ size?: number; modified?: string } | undefined> {
    const [entry, ...others] = (await optional(this.#client.list(path))) ?? [];
    if (entry === undefined) return undefined;
    const modified = entry.modifiedAt?.toISOString() ?? entry.rawModifiedAt;
    // Several: a folder, or a pattern that the server made of the name.
    if (others.length > 0 || !entry.isFile || lastName(entry.name) !== lastName(path)) return {};
    return { size: entry.size, ...(modified !== '' && { modified }) };
  }

  /** Whether a transfer can begin in the middle (RFC 3659, 5). */
  restarts(): Promise<boolean> {
    return this.#told(async () => {
      const answer = await optional(this.#client.send('REST 1'));
      if (answer !== undefined) await this.#client.send('REST 0');
      return answer !== undefined;
    });
  }

  /** Asks for the bytes from a position on; the session ends with them. */
  read(position: number): Promise<AsyncIterable<Uint8Array>> {
    return this.#told(async () => {
      const { ftp } = this.#client;
      const path = await this.#client.protectWhitespace(this.#place.path);
      const data = await this.#connectForBytes();
      if (position > 0) await this.#client.send(`REST ${position}`);
      const confirmed: Promise<unknown> = ftp.handle(`RETR ${path}`, (answer, task) => {
        if (answer instanceof Error) task.reject(answer);
        else if (answer.code >= 300) task.reject(new FTPError(answer));
        // Below, the server only says that the bytes come.
        else if (answer.code >= 200) task.resolve(answer);
      });
      // Until the bytes have come the server has nothing to say here; whoever reads them watches the time.
      ftp.socket.setTimeout(0);
      confirmed.catch((error: unknown) => data.destroy(error));
      return this.#chunksOf(data, confirmed);
    });
  }

  async *#chunksOf(data: DataConnection, confirmed: Promise<unknown>): AsyncGenerator<Uint8Array> {
    try {
      for (let chunk = await data.next(); chunk !== undefined; chunk = await data.next()) yield chunk;
      // The end of a connection is no proof: it may have broken on the server's side.
      await confirmed;
    } catch (error) {
      throw ftpError(error, this.#place.name);
    } finally {
      this.close();
    }
  }

  /** In one way or another: what stands between may know only one of them. */
  async #connectForBytes(): Promise<DataConnection> {
    const { address } = this.#place;
    let failure: unknown;
    for (const portFor of waysToBytes) {
      try {
        return await this.#connectTo(await portFor(this.#client, address));
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #connectTo(port: number): Promise<DataConnection> {
    const { ftp } = this.#client;
    const { socket: control, tlsOptions } = ftp;
    const data = new DataConnection(
      (onread) => {
        const place = { host: this.#place.address, port, onread };
        if (!(control instanceof TLSSocket)) return connectPlain(place);
        // The session of the login shows that the same client comes: many servers give no bytes without it.
        const session = ftp.tlsSessionStore ?? control.getSession();
        return connectTls({ ...tlsOptions, ...place, ...(session !== undefined && { session }) });
      },
      { secure: control instanceof TLSSocket },
    );
    this.#data = data;
    await data.connected();
    return data;
  }

  close(): void {
    this.#forget();
    this.#data?.destroy();
    this.#client.close();
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.close();
      throw ftpError(error, this.#place.name);
    }
  }
}

function lastName(path: string): string | undefined {
  return path.split('/').at(-1);
}

function stateOf(size: number | undefined, modified: string | undefined): SourceState {
  const fingerprint = `size ${size ?? 'unknown'}${modified === undefined ? '' : `, modified ${modified}`}`;
  return { fingerprint, ...(size !== undefined && { size }) };
}

/** What the server does not know how to do, or not for this file, is left out. */
async function optional<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FTPError && error.code >= 500 && error.code !== 530) return undefined;
    throw error;
  }
}
