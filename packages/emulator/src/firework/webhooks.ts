import { createHmac } from 'node:crypto';
import type { Rooms } from '../server/rooms.js';
import {
  type Delivery,
  type DeliveryTry,
  jsonMessage,
  shownDelivery,
  WebhookSender,
} from '../server/webhook-sender.js';
import type { ResolvedFireworkSettings } from './settings.js';

/** The events of Firework's public texts. */
export type FireworkEvent = 'video_created' | 'video_updated' | 'video_import_failed';

/** One attempt to deliver. */
export type FireworkWebhookTry = DeliveryTry;

/** A delivery with its tries, of which the last may still be to come. */
export interface FireworkWebhookDelivery extends Delivery {
  event: FireworkEvent;
}

/** Posts signed deliveries to the one address of the settings. */
export class FireworkWebhooks {
  readonly #sender: WebhookSender<FireworkWebhookDelivery>;
  url: string | undefined;

  constructor(rooms: Rooms, settings: ResolvedFireworkSettings, tasks: Set<Promise<void>>) {
    const { webhookSecret, webhookRetries: retries } = settings;
    const sign = (body: string) => ({ 'fw-webhooks-signature': signatureOf(body, webhookSecret) });
    const message = (delivery: Delivery) => jsonMessage(delivery, sign);
    const sending = { party: 'firework', retries, method: 'POST', message, shown: shownDelivery } as const;
    this.#sender = new WebhookSender<FireworkWebhookDelivery>(rooms, sending, tasks);
    this.url = settings.webhookUrl;
  }

  deliveries(): FireworkWebhookDelivery[] {
    return this.#sender.deliveries();
  }

  /** Sends an event on its way, if there is anywhere to send it. */
  send(event: FireworkEvent, { video, importId }: { video?: object; importId?: string | undefined }): void {
    if (this.url === undefined) return;
    // The page only says that import_id is in it; the rest is unknown.
    const body = { event, ...(importId === undefined ? {} : { import_id: importId }), ...(video && { video }) };
    this.#sender.send({ url: this.url, event, body, tries: [], delivered: false });
  }
}

/** By real time: a receiver that refuses old deliveries has no other clock. */
function signatureOf(body: string, secret: string): string {
  const time = Date.now();
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('base64')}`;
}
