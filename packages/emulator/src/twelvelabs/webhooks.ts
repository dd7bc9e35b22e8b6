import { createHmac } from 'node:crypto';
import type { Rooms } from '../server/rooms.js';
import {
  type Delivery,
  type DeliveryTry,
  jsonMessage,
  shownDelivery,
  WebhookSender,
} from '../server/webhook-sender.js';
import { objectId } from './ids.js';
import type { ResolvedTwelvelabsSettings } from './settings.js';

/** The events of TwelveLabs' public texts. */
export type TwelvelabsEvent = 'index.task.ready' | 'index.task.failed';

/** One attempt to deliver. */
export type TwelvelabsWebhookTry = DeliveryTry;

/** A delivery with its tries, of which the last may still be to come. */
export interface TwelvelabsWebhookDelivery extends Delivery {
  event: TwelvelabsEvent;
  /** Of the video. */
  id: string;
}

/** Posts signed deliveries to the one address of the settings. */
export class TwelvelabsWebhooks {
  readonly #rooms: Rooms;
  readonly #sender: WebhookSender<TwelvelabsWebhookDelivery>;
  url: string | undefined;

  constructor(rooms: Rooms, settings: ResolvedTwelvelabsSettings, tasks: Set<Promise<void>>) {
    const { webhookSecret, webhookRetries: retries } = settings;
    const sign = (body: string) => ({ 'tl-signature': signatureOf(body, webhookSecret) });
    this.#rooms = rooms;
    const message = (delivery: Delivery) => jsonMessage(delivery, sign);
    const sending = { party: 'twelvelabs', retries, method: 'POST', message, shown: shownDelivery } as const;
    this.#sender = new WebhookSender<TwelvelabsWebhookDelivery>(rooms, sending, tasks);
    this.url = settings.webhookUrl;
  }

  deliveries(): TwelvelabsWebhookDelivery[] {
    return this.#sender.deliveries();
  }

  /** Sends an event on its way, if there is anywhere to send it. */
  send(event: TwelvelabsEvent, { id, indexId }: { id: string; indexId: string }): void {
    if (this.url === undefined) return;
    const status = event === 'index.task.ready' ? 'ready' : 'failed';
    const created_at = new Date(this.#rooms.clock.now()).toISOString();
    const body = { id: objectId(), created_at, type: event, data: { id, index_id: indexId, status } };
    this.#sender.send({ url: this.url, event, id, body, tries: [], delivered: false });
  }
}

/** By real time: a receiver that refuses old deliveries has no other clock. */
function signatureOf(body: string, secret: string): string {
  const time = Math.floor(Date.now() / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}
