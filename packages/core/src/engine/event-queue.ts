import type { ImportEvent } from '../model/event.js';
import { Mailbox } from './mailbox.js';

/** Events on their way to a reader: progress that nobody has read yet is replaced by newer progress, all else is kept. */
export class EventQueue implements AsyncIterable<ImportEvent> {
  readonly #mailbox = new Mailbox<ImportEvent>();

  push(events: ImportEvent[]): void {
    for (const event of events) {
      if (event.type === 'progress') this.#mailbox.withdraw(({ type }) => type === 'progress');
      this.#mailbox.push(event);
    }
  }

  /** Nothing comes any more; with an error, the reader gets it after the last event. */
  end(error?: unknown): void {
    this.#mailbox.end(error);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<ImportEvent> {
    for (let next = await this.#mailbox.take(1); next !== undefined; next = await this.#mailbox.take(1)) yield* next;
  }
}
