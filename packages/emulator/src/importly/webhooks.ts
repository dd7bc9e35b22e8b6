import type { Rooms } from '../server/rooms.js';
import {
  type Delivery,
  type DeliveryTry,
  jsonMessage,
  shownDelivery,
  WebhookSender,
} from '../server/webhook-sender.js';
import type { ResolvedImportlySettings } from './settings.js';

/** The events of Importly's public texts. */
export type ImportlyEvent = 'import.completed' | 'import.failed' | 'metadata.completed' | 'metadata.failed';

/** One attempt to deliver. */
export type WebhookTry = DeliveryTry;

/** A delivery with its tries, of which the last may still be to come. */
export interface WebhookDelivery extends Delivery {
  event: ImportlyEvent;
  jobId: string;
}

/** Posts deliveries to the address that a request named. */
export class Webhooks {
  readonly #sender: WebhookSender<WebhookDelivery>;
  readonly #eventIn: ResolvedImportlySettings['webhookEvent'];

  constructor(rooms: Rooms, settings: ResolvedImportlySettings, tasks: Set<Promise<void>>) {
    const { webhookEvent, webhookRetries: retries } = settings;
    const header = typeof webhookEvent === 'object' && 'header' in webhookEvent ? webhookEvent.header : undefined;
    const message = (delivery: WebhookDelivery) =>
      jsonMessage(delivery, () => (header === undefined ? {} : { [header]: delivery.event }));
    const shown = (delivery: WebhookDelivery) => {
      const { title, url } = shownDelivery(delivery);
      return { title: `${title} of ${delivery.jobId}`, url };
    };
    this.#sender = new WebhookSender(rooms, { party: 'importly', retries, method: 'POST', message, shown }, tasks);
    this.#eventIn = webhookEvent;
  }

  deliveries(): WebhookDelivery[] {
    return this.#sender.deliveries();
  }

  /** Sends an event on its way. */
  send(url: string, event: ImportlyEvent, body: Record<string, unknown> & { jobId: string }): void {
    const named = typeof this.#eventIn === 'object' && 'body' in this.#eventIn ? { [this.#eventIn.body]: event } : {};
    const { jobId } = body;
    this.#sender.send({ url, event, jobId, body: { ...body, ...named }, tries: [], delivered: false });
  }
}
