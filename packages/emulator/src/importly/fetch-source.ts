import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { basename, extname } from 'node:path';
import { safeUrl } from '../log/redact.js';
import { type MediaFacts, probeMediaFile } from '../media/probe.js';
import type { DigestedObject } from '../object-store/kept-object.js';
import { pause } from '../server/pause.js';
import { type ImportlyState, runTask } from './importly-state.js';

/** The bucket of Importly's own storage in the emulator's object store. */
export const IMPORTLY_BUCKET = 'importly';

/** A source that was fetched. */
export interface FetchedSource {
  kept: DigestedObject;
  title: string;
  /** Without a dot. */
  extension: string;
  durationSeconds?: number;
}

/** The message of the page, with the reason behind it. */
class DownloadError extends Error {
  constructor(reason: string) {
    super(`Failed to download media from URL: ${reason}`);
    this.name = 'DownloadError';
  }
}

/** Fetches sources for real, into the emulator's own storage. */
export class SourceFetcher {
  readonly #state: ImportlyState;
  readonly #remembered = new Map<string, Promise<FetchedSource>>();

  constructor(state: ImportlyState) {
    this.#state = state;
  }

  /** Downloads and measures. Rejects with a `DownloadError` for the source's faults. */
  async fetch(url: string): Promise<FetchedSource> {
    await this.#strike(url);
    if (this.#state.settings.sources === 'fetch') return this.#begin(url);
    const known = this.#remembered.get(url) ?? this.#begin(url);
    this.#remembered.set(url, known);
    // A failure is not worth remembering.
    known.catch(() => this.#remembered.delete(url));
    return known;
  }

  /** Whether the source was fetched before and is remembered. */
  remembers(url: string): boolean {
    return this.#remembered.has(url);
  }

  /** Forgets a source's bytes, unless they are shared. */
  async discard(source: FetchedSource): Promise<void> {
    if (this.#state.settings.sources === 'remember') return;
    await this.#state.rooms.objects.delete(IMPORTLY_BUCKET, source.kept.key);
  }

  /** The import may end before the download does, when the emulator closes; nobody may write any more then. */
  #begin(url: string): Promise<FetchedSource> {
    const download = this.#download(url);
    const settled = download.then(
      () => {},
      () => {},
    );
    runTask(this.#state, settled);
    return download;
  }

  async #strike(url: string): Promise<void> {
    const { faults, closing } = this.#state.rooms;
    for (const moment of ['before', 'after'] as const) {
      const { delayMs, rule } = faults.draw('download', moment, url);
      await pause(delayMs, closing);
      if (rule?.kind === 'stall') await once(closing, 'abort');
      closing.throwIfAborted();
      if (rule) throw new DownloadError(rule.kind === 'cut-body' ? 'the source broke off' : 'the connection was reset');
    }
  }

  async #download(url: string): Promise<FetchedSource> {
    const { client, closing, objects, log } = this.#state.rooms;
    const path = safeUrl(url);
    try {
      const { address, headers } = authorized(url);
      const answer = await client.send({ method: 'GET', url: address, headers, signal: closing });
      const status = answer.statusCode ?? 0;
      if (status !== 200) {
        answer.resume();
        throw new Error(`the source answered ${status}`);
      }
      const contentType = answer.headers['content-type'] ?? 'application/octet-stream';
      const kept = await objects.put({ bucket: IMPORTLY_BUCKET, key: randomUUID(), bytes: answer, contentType });
      log.add({ provider: 'importly', method: 'GET', path, status, note: `downloaded ${kept.size} bytes` });
      return describe(url, kept, await probeMediaFile(objects.pathOf(IMPORTLY_BUCKET, kept)));
    } catch (error) {
      closing.throwIfAborted();
      const reason = error instanceof Error && error.message !== '' ? error.message : 'no answer';
      log.add({ provider: 'importly', method: 'GET', path, status: null, note: `download failed: ${reason}` });
      throw new DownloadError(reason);
    }
  }
}

/**
 * Whether a connection to the source's host can be made: the page's "unreachable URL". What the host then answers is
 * the download's business.
 */
export function isReachable(url: string, signal: AbortSignal): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const fallback = protocol === 'https:' ? 443 : 80;
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = createConnection({ host, port: Number(port) || fallback, timeout: 5_000, signal });
    const end = (reachable: boolean) => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

function describe(url: string, kept: DigestedObject, facts: MediaFacts): FetchedSource {
  const name = decodeURIComponentSafely(basename(new URL(url).pathname)) || 'media';
  const ending = extname(name);
  const extension = facts.extension ?? (ending.slice(1) || 'bin');
  return {
    kept,
    // The file's own title, else its name.
    title: facts.title ?? (ending ? name.slice(0, -ending.length) : name),
    // An m4a is an mp4 to whoever reads the file; the source's own name knows better.
    extension: extension === 'mp4' && /^\.m4[av]$/i.test(ending) ? ending.slice(1).toLowerCase() : extension,
    ...(facts.durationSeconds === undefined ? {} : { durationSeconds: facts.durationSeconds }),
  };
}

/** Credentials in a source URL go into a header, as every HTTP client sends them. */
function authorized(source: string): { address: string; headers: Record<string, string> } {
  const url = new URL(source);
  const { username, password } = url;
  if (!username && !password) return { address: url.href, headers: {} };
  url.username = '';
  url.password = '';
  const pair = `${decodeURIComponentSafely(username)}:${decodeURIComponentSafely(password)}`;
  return { address: url.href, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
