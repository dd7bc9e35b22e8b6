import type { ImportEvent } from '../model/event.js';

/** Events on their way to a reader: progress that nobody has read yet is replaced by newer progress, all else is kept. */
export class EventQueue implements AsyncIterable<ImportEvent> {
  #events: ImportEvent[] = [];
  #ended = false;
  #error: unknown;
  #wake: () => void = () => undefined;

  push(events: ImportEvent[]): void {
    for (const event of events) {
      if (event.type === 'progress') this.#events = this.#events.filter(({ type }) => type !== 'progress');
      this.#events.push(event);
    }
    this.#wake();
  }

  /** Nothing comes any more; with an error, the reader gets it after the last event. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<ImportEvent> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#ended) break;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
    if (this.#error !== undefined) throw this.#error;
  }
}
