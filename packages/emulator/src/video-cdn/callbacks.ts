import type { Rooms } from '../server/rooms.js';
import { type DeliveryTry, type Sent, WebhookSender } from '../server/webhook-sender.js';
import type { HeldFile } from './cdn-file.js';
import type { ResolvedVideoCdnSettings } from './settings.js';

/** One attempt to call back. */
export type VideoCdnCallbackTry = DeliveryTry;

/** A callback with its tries, of which the last may still be to come. Whoever has its URL can pretend to be the provider. */
export interface VideoCdnCallback extends Sent {
  file: number;
}

/** Calls the addresses that files were added with. */
export class Callbacks {
  readonly #sender: WebhookSender<VideoCdnCallback>;

  constructor(rooms: Rooms, settings: ResolvedVideoCdnSettings, tasks: Set<Promise<void>>) {
    const { callbackRetries: retries } = settings;
    const message = () => ({});
    const shown = ({ file, url }: VideoCdnCallback) => ({ title: `callback of ${file}`, url: shownCallback(url) });
    this.#sender = new WebhookSender(rooms, { party: 'video-cdn', retries, method: 'GET', message, shown }, tasks);
  }

  callbacks(): VideoCdnCallback[] {
    return this.#sender.deliveries();
  }

  /** Calls back about a file that is ready or failed. */
  send(file: HeldFile): void {
    this.#sender.send({ url: callbackUrl(file), file: file.shown.id, tries: [], delivered: false });
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
