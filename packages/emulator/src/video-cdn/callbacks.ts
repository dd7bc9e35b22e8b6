import { pause } from '../server/pause.js';
import type { Rooms } from '../server/rooms.js';
import type { HeldFile } from './cdn-file.js';
import type { ResolvedVideoCdnSettings } from './settings.js';

/** One attempt to call back. */
export interface VideoCdnCallbackTry {
  /** ms since the epoch on the provider's clock. */
  time: number;
  /** What the receiver answered, or `null` where it didn't. */
  status: number | null;
  error?: string;
}

/** A callback with its tries, of which the last may still be to come. */
export interface VideoCdnCallback {
  /** With what was appended. Whoever has it can pretend to be the provider. */
  url: string;
  file: number;
  tries: VideoCdnCallbackTry[];
  /** True once the receiver answered 2xx. */
  delivered: boolean;
}

const RECEIVER_TIMEOUT_MS = 30_000;

/** Calls back, some tries each, until the receiver answers 2xx. */
export class Callbacks {
  readonly #rooms: Rooms;
  readonly #settings: ResolvedVideoCdnSettings;
  readonly #callbacks: VideoCdnCallback[] = [];

  constructor(rooms: Rooms, settings: ResolvedVideoCdnSettings) {
    this.#rooms = rooms;
    this.#settings = settings;
  }

  callbacks(): VideoCdnCallback[] {
    return structuredClone(this.#callbacks);
  }

  /** Calls back about a file that is ready or failed. Never rejects. */
  async call(file: HeldFile): Promise<void> {
    const callback: VideoCdnCallback = { url: callbackUrl(file), file: file.shown.id, tries: [], delivered: false };
    this.#callbacks.push(callback);
    const { closing, clock } = this.#rooms;
    const { tries, everyMs } = this.#settings.callbackRetries;
    try {
      for (let attempt = 0; attempt < tries && !callback.delivered; attempt += 1) {
        if (attempt > 0) await clock.sleep(everyMs, closing);
        await this.#try(callback);
      }
    } catch {
      // The emulator closes while a try was waited for.
    }
  }

  async #try(callback: VideoCdnCallback): Promise<void> {
    const { faults, closing, clock, log } = this.#rooms;
    const { delayMs, rule } = faults.draw('webhook', 'before', callback.url);
    await pause(delayMs, closing);
    closing.throwIfAborted();
    const attempt: VideoCdnCallbackTry = { time: clock.now(), status: null };
    callback.tries.push(attempt);
    try {
      if (rule?.kind === 'reset-before') throw new Error('the connection was reset before the callback was sent');
      attempt.status = await this.#get(callback.url);
      if (rule?.kind === 'duplicate-delivery') await this.#get(callback.url);
      const lost = faults.draw('webhook', 'after', callback.url);
      await pause(lost.delayMs, closing);
      if (lost.rule) throw new Error('the receiver’s answer was lost');
      callback.delivered = attempt.status >= 200 && attempt.status < 300;
    } catch (error) {
      attempt.status = null;
      attempt.error = error instanceof Error ? error.message : 'no answer';
    }
    const note = `callback of ${callback.file}, try ${callback.tries.length}`;
    log.add({ provider: 'video-cdn', method: 'GET', path: shownCallback(callback.url), status: attempt.status, note });
  }

  async #get(url: string): Promise<number> {
    const signal = AbortSignal.any([this.#rooms.closing, AbortSignal.timeout(RECEIVER_TIMEOUT_MS)]);
    const answer = await this.#rooms.client.send({ method: 'GET', url, signal });
    answer.resume();
    return answer.statusCode ?? 0;
  }
}

/** `status=success&size=…&sha-256=…` or `status=fail&message=…`, after a `?`, or after a `&` where there is one. */
function callbackUrl({ callback = '', shown }: HeldFile): string {
  const { status, measured, message } = shown;
  const said =
    status === 'ready'
      ? { status: 'success', size: String(measured?.size), 'sha-256': String(measured?.sha256) }
      : { status: 'fail', message: message ?? '' };
  return `${callback}${callback.includes('?') ? '&' : '?'}${new URLSearchParams(said).toString()}`;
}

/** A callback URL's path holds what proves a callback: only its host may be shown. */
export function shownCallback(url: string): string {
  return URL.canParse(url) ? `${new URL(url).origin}/***` : '***';
}
