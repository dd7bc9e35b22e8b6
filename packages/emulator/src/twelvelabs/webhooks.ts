import { createHmac } from 'node:crypto';
import { safeUrl } from '../log/redact.js';
import { pause } from '../server/pause.js';
import type { Rooms } from '../server/rooms.js';
import { objectId } from './ids.js';
import type { ResolvedTwelvelabsSettings } from './settings.js';

/** The events of TwelveLabs' public texts. */
export type TwelvelabsEvent = 'index.task.ready' | 'index.task.failed';

/** One attempt to deliver. */
export interface TwelvelabsWebhookTry {
  /** ms since the epoch on the provider's clock. */
  time: number;
  /** What the receiver answered, or `null` where it didn't. */
  status: number | null;
  error?: string;
}

/** A delivery with its tries, of which the last may still be to come. */
export interface TwelvelabsWebhookDelivery {
  url: string;
  event: TwelvelabsEvent;
  /** Of the video. */
  id: string;
  body: Record<string, unknown>;
  tries: TwelvelabsWebhookTry[];
  /** True once the receiver answered 2xx. */
  delivered: boolean;
}

const RECEIVER_TIMEOUT_MS = 30_000;

/** Posts signed deliveries to the one address of the settings, some tries each, until the receiver answers 2xx. */
export class TwelvelabsWebhooks {
  readonly #rooms: Rooms;
  readonly #settings: ResolvedTwelvelabsSettings;
  readonly #deliveries: TwelvelabsWebhookDelivery[] = [];
  readonly #tasks: Set<Promise<void>>;
  url: string | undefined;

  constructor(rooms: Rooms, settings: ResolvedTwelvelabsSettings, tasks: Set<Promise<void>>) {
    this.#rooms = rooms;
    this.#settings = settings;
    this.#tasks = tasks;
    this.url = settings.webhookUrl;
  }

  deliveries(): TwelvelabsWebhookDelivery[] {
    return structuredClone(this.#deliveries);
  }

  /** Sends an event on its way, if there is anywhere to send it. */
  send(event: TwelvelabsEvent, { id, indexId }: { id: string; indexId: string }): void {
    if (this.url === undefined) return;
    const status = event === 'index.task.ready' ? 'ready' : 'failed';
    const created_at = new Date(this.#rooms.clock.now()).toISOString();
    const body = { id: objectId(), created_at, type: event, data: { id, index_id: indexId, status } };
    const delivery: TwelvelabsWebhookDelivery = { url: this.url, event, id, body, tries: [], delivered: false };
    this.#deliveries.push(delivery);
    const task = this.#deliver(delivery);
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }

  async #deliver(delivery: TwelvelabsWebhookDelivery): Promise<void> {
    const { closing, clock } = this.#rooms;
    const { tries, everyMs } = this.#settings.webhookRetries;
    try {
      for (let attempt = 0; attempt < tries && !delivery.delivered; attempt += 1) {
        if (attempt > 0) await clock.sleep(everyMs, closing);
        await this.#try(delivery);
      }
    } catch {
      // The emulator closes while a try was waited for.
    }
  }

  async #try(delivery: TwelvelabsWebhookDelivery): Promise<void> {
    const { faults, closing, clock, log } = this.#rooms;
    const { delayMs, rule } = faults.draw('webhook', 'before', delivery.url);
    await pause(delayMs, closing);
    closing.throwIfAborted();
    const attempt: TwelvelabsWebhookTry = { time: clock.now(), status: null };
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
    const note = `webhook ${delivery.event}, try ${delivery.tries.length}`;
    log.add({ provider: 'twelvelabs', method: 'POST', path: safeUrl(delivery.url), status: attempt.status, note });
  }

  async #post(delivery: TwelvelabsWebhookDelivery): Promise<number> {
    const body = JSON.stringify(delivery.body);
    // By real time: a receiver that refuses old deliveries has no other clock.
    const time = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', this.#settings.webhookSecret).update(`${time}.${body}`).digest('hex');
    const answer = await this.#rooms.client.send({
      method: 'POST',
      url: delivery.url,
      body,
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'tl-signature': `t=${time},v1=${signature}`,
      },
      signal: AbortSignal.any([this.#rooms.closing, AbortSignal.timeout(RECEIVER_TIMEOUT_MS)]),
    });
    answer.resume();
    return answer.statusCode ?? 0;
  }
}
