import type { EmulatedParty } from '../log/log.js';
import { safeUrl } from '../log/redact.js';
import { pause } from './pause.js';
import type { Rooms } from './rooms.js';
import { runTask } from './run-task.js';

/** One attempt to deliver. */
export interface DeliveryTry {
  /** ms since the epoch on the provider's clock. */
  time: number;
  /** What the receiver answered, or `null` where it didn't. */
  status: number | null;
  error?: string;
}

/** What is kept of everything that is sent, with its tries, of which the last may still be to come. */
export interface Sent {
  url: string;
  tries: DeliveryTry[];
  /** True once the receiver answered 2xx. */
  delivered: boolean;
}

/** A delivery with a body. */
export interface Delivery extends Sent {
  event: string;
  body: Record<string, unknown>;
}

/** Who sends, how often it tries, and what is sent. */
export interface Sending<One extends Sent> {
  party: EmulatedParty;
  retries: { tries: number; everyMs: number };
  method: 'GET' | 'POST';
  /** One try, made anew for each: a signature has its time. */
  message(delivery: One): { headers?: Record<string, string>; body?: string };
  /** What the log calls it, and its URL as the log may show it. */
  shown(delivery: One): { title: string; url: string };
}

/** A message that is a JSON body. */
export function jsonMessage({ body: content }: Delivery, headersOf: (body: string) => Record<string, string>) {
  const body = JSON.stringify(content);
  const length = String(Buffer.byteLength(body));
  const headers = { 'content-type': 'application/json', 'content-length': length, ...headersOf(body) };
  return { headers, body };
}

/** A delivery as the log shows it. */
export function shownDelivery({ event, url }: Delivery): { title: string; url: string } {
  return { title: `webhook ${event}`, url: safeUrl(url) };
}

const RECEIVER_TIMEOUT_MS = 30_000;

/** Sends, some tries each, until the receiver answers 2xx. */
export class WebhookSender<One extends Sent> {
  readonly #rooms: Rooms;
  readonly #sending: Sending<One>;
  readonly #tasks: Set<Promise<void>>;
  readonly #deliveries: One[] = [];

  constructor(rooms: Rooms, sending: Sending<One>, tasks: Set<Promise<void>>) {
    this.#rooms = rooms;
    this.#sending = sending;
    this.#tasks = tasks;
  }

  deliveries(): One[] {
    return structuredClone(this.#deliveries);
  }

  send(delivery: One): void {
    this.#deliveries.push(delivery);
    runTask({ tasks: this.#tasks }, this.#deliver(delivery));
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
      if (rule?.kind === 'reset-before') throw new Error('the connection was reset before it was sent');
      attempt.status = await this.#send(delivery);
      if (rule?.kind === 'duplicate-delivery') await this.#send(delivery);
      const lost = faults.draw('webhook', 'after', delivery.url);
      await pause(lost.delayMs, closing);
      if (lost.rule) throw new Error("the receiver's answer was lost");
      delivery.delivered = attempt.status >= 200 && attempt.status < 300;
    } catch (error) {
      attempt.status = null;
      attempt.error = error instanceof Error ? error.message : 'no answer';
    }
    const { party, method, shown } = this.#sending;
    const { title, url: path } = shown(delivery);
    const note = `${title}, try ${delivery.tries.length}`;
    log.add({ provider: party, method, path, status: attempt.status, note });
  }

  async #send(delivery: One): Promise<number> {
    const signal = AbortSignal.any([this.#rooms.closing, AbortSignal.timeout(RECEIVER_TIMEOUT_MS)]);
    const { method, message } = this.#sending;
    const answer = await this.#rooms.client.send({ method, url: delivery.url, ...message(delivery), signal });
    answer.resume();
    return answer.statusCode ?? 0;
  }
}
