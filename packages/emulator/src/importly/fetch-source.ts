import { randomUUID } from 'node:crypto';
import { createConnection } from 'node:net';
import { basename, extname } from 'node:path';
import { safeUrl } from '../log/redact.js';
import { type MediaFacts, probeMediaFile } from '../media/probe.js';
import { decodeURIComponentSafely, openSource, strikeDownload } from '../media/source.js';
import type { DigestedObject } from '../object-store/kept-object.js';
import { runTask } from '../server/run-task.js';
import type { ImportlyState } from './importly-state.js';

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
    await strike(this.#state, url);
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

  async #download(url: string): Promise<FetchedSource> {
    const { closing, objects, log } = this.#state.rooms;
    const path = safeUrl(url);
    try {
      const answer = await openSource(this.#state.rooms, url);
      const contentType = answer.headers['content-type'] ?? 'application/octet-stream';
      const kept = await objects.put({ bucket: IMPORTLY_BUCKET, key: randomUUID(), bytes: answer, contentType });
      log.add({ provider: 'importly', method: 'GET', path, status: 200, note: `downloaded ${kept.size} bytes` });
      return describe(url, kept, await probeMediaFile(objects.pathOf(IMPORTLY_BUCKET, kept)));
    } catch (error) {
      closing.throwIfAborted();
      const reason = error instanceof Error && error.message !== '' ? error.message : 'no answer';
      log.add({ provider: 'importly', method: 'GET', path, status: null, note: `download failed: ${reason}` });
      throw new DownloadError(reason);
    }
  }
}

async function strike({ rooms }: ImportlyState, url: string): Promise<void> {
  try {
    await strikeDownload(rooms, url);
  } catch (error) {
    rooms.closing.throwIfAborted();
    throw new DownloadError(error instanceof Error ? error.message : 'no answer');
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
