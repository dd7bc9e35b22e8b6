import type { EmulatedParty } from '../log/log.js';
import { safeUrl } from '../log/redact.js';
import { pause } from './pause.js';
import type { Rooms } from './rooms.js';

/** One attempt to deliver. */
export interface DeliveryTry {
  /** ms since the epoch on the provider's clock. */
  time: number;
  /** What the receiver answered, or `null` where it didn't. */
  status: number | null;
  error?: string;
}

/** A delivery with its tries, of which the last may still be to come. */
export interface Delivery {
  url: string;
  event: string;
  body: Record<string, unknown>;
  tries: DeliveryTry[];
  /** True once the receiver answered 2xx. */
  delivered: boolean;
}

/** Who sends, how often it tries, and what its signature is. */
export interface Sending {
  party: EmulatedParty;
  retries: { tries: number; everyMs: number };
  /** The headers that sign a body now. */
  sign(body: string): Record<string, string>;
}

const RECEIVER_TIMEOUT_MS = 30_000;

/** Posts signed deliveries, some tries each, until the receiver answers 2xx. */
export class WebhookSender<One extends Delivery> {
  readonly #rooms: Rooms;
  readonly #sending: Sending;
  readonly #tasks: Set<Promise<void>>;
  readonly #deliveries: One[] = [];

  constructor(rooms: Rooms, sending: Sending, tasks: Set<Promise<void>>) {
    this.#rooms = rooms;
    this.#sending = sending;
    this.#tasks = tasks;
  }

  deliveries(): One[] {
    return structuredClone(this.#deliveries);
  }

  send(delivery: One): void {
    this.#deliveries.push(delivery);
    const task = this.#deliver(delivery);
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }

  async #deliver(delivery: One): Promise<void> {
    const { closing, clock } = this.#rooms;
    const { tries, everyMs } = this.#sending.retries;
    try {
      for (let attempt = 0; attempt < tries && !delivery.delivered; attempt += 1) {
        if (attempt > 0) await clock.sleep(everyMs, closing);
        await this.#try(delivery);
      }
    } catch {
      // The emulator closes while a try was waited for.
    }
  }

  async #try(delivery: One): Promise<void> {
    const { faults, closing, clock, log } = this.#rooms;
    const { delayMs, rule } = faults.draw('webhook', 'before', delivery.url);
    await pause(delayMs, closing);
    closing.throwIfAborted();
    const attempt: DeliveryTry = { time: clock.now(), status: null };
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
    const { party } = this.#sending;
    const note = `webhook ${delivery.event}, try ${delivery.tries.length}`;
    log.add({ provider: party, method: 'POST', path: safeUrl(delivery.url), status: attempt.status, note });
  }

  async #post(delivery: One): Promise<number> {
    const body = JSON.stringify(delivery.body);
    const answer = await this.#rooms.client.send({
      method: 'POST',
      url: delivery.url,
      body,
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...this.#sending.sign(body),
      },
      signal: AbortSignal.any([this.#rooms.closing, AbortSignal.timeout(RECEIVER_TIMEOUT_MS)]),
    });
    answer.resume();
    return answer.statusCode ?? 0;
  }
}
