import { safeUrl } from '../log/redact.js';
import { pause } from '../server/pause.js';
import type { Rooms } from '../server/rooms.js';
import type { ResolvedImportlySettings } from './settings.js';

/** The events of Importly's public texts. */
export type ImportlyEvent = 'import.completed' | 'import.failed' | 'metadata.completed' | 'metadata.failed';

/** One attempt to deliver. */
export interface WebhookTry {
  /** ms since the epoch on the provider's clock. */
  time: number;
  /** What the receiver answered, or `null` where it didn't. */
  status: number | null;
  error?: string;
}

/** A delivery with its tries, of which the last may still be to come. */
export interface WebhookDelivery {
  url: string;
  event: ImportlyEvent;
  jobId: string;
  body: Record<string, unknown>;
  tries: WebhookTry[];
  /** True once the receiver answered 2xx. */
  delivered: boolean;
}

const RECEIVER_TIMEOUT_MS = 30_000;

/** Posts deliveries, some tries each, until the receiver answers 2xx. */
export class Webhooks {
  readonly #rooms: Rooms;
  readonly #settings: ResolvedImportlySettings;
  readonly #deliveries: WebhookDelivery[] = [];

  constructor(rooms: Rooms, settings: ResolvedImportlySettings) {
    this.#rooms = rooms;
    this.#settings = settings;
  }

  deliveries(): WebhookDelivery[] {
    return structuredClone(this.#deliveries);
  }

  /** Delivers; resolves when it is delivered, given up, or the emulator closes. Never rejects. */
  async deliver(url: string, event: ImportlyEvent, body: Record<string, unknown> & { jobId: string }): Promise<void> {
    const { webhookEvent, webhookRetries } = this.#settings;
    const named = typeof webhookEvent === 'object' && 'body' in webhookEvent ? { [webhookEvent.body]: event } : {};
    const delivery: WebhookDelivery = {
      url,
      event,
      jobId: body.jobId,
      body: { ...body, ...named },
      tries: [],
      delivered: false,
    };
    this.#deliveries.push(delivery);
    const { closing, clock } = this.#rooms;
    try {
      for (let attempt = 0; attempt < webhookRetries.tries && !delivery.delivered; attempt += 1) {
        if (attempt > 0) await clock.sleep(webhookRetries.everyMs, closing);
        await this.#try(delivery);
      }
    } catch {
      // The emulator closes while a try was waited for.
    }
  }

  async #try(delivery: WebhookDelivery): Promise<void> {
    const { faults, closing, clock, log } = this.#rooms;
    const { delayMs, rule } = faults.draw('webhook', 'before', delivery.url);
    await pause(delayMs, closing);
    closing.throwIfAborted();
    const attempt: WebhookTry = { time: clock.now(), status: null };
    delivery.tries.push(attempt);
    try {
      if (rule?.kind === 'reset-before') throw new Error('the connection was reset before the delivery was sent');
      attempt.status = await this.#post(delivery);
      if (rule?.kind === 'duplicate-delivery') await this.#post(delivery);
      const lost = faults.draw('webhook', 'after', delivery.url);
      await pause(lost.delayMs, closing);
      if (lost.rule) throw new Error("the receiver's answer was lost");
      delivery.delivered = attempt.status >= 200 && attempt.status < 300;
    } catch (error) {
      attempt.status = null;
      attempt.error = error instanceof Error ? error.message : 'no answer';
    }
    const note = `webhook ${delivery.event} of ${delivery.jobId}, try ${delivery.tries.length}`;
    log.add({ provider: 'importly', method: 'POST', path: safeUrl(delivery.url), status: attempt.status, note });
  }

  async #post(delivery: WebhookDelivery): Promise<number> {
    const { webhookEvent } = this.#settings;
    const named = typeof webhookEvent === 'object' && 'header' in webhookEvent ? webhookEvent.header : undefined;
    const body = JSON.stringify(delivery.body);
    const signal = AbortSignal.any([this.#rooms.closing, AbortSignal.timeout(RECEIVER_TIMEOUT_MS)]);
    const answer = await this.#rooms.client.send({
      method: 'POST',
      url: delivery.url,
      body,
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...(named === undefined ? {} : { [named]: delivery.event }),
      },
      signal,
    });
    answer.resume();
    return answer.statusCode ?? 0;
  }
}
