import type { Message } from '../contract.js';
import { isRefName } from './entry.js';

interface Kept {
  id: string;
  at: number;
  /** The message as JSON. */
  text: string;
  /** A lease has shown it. */
  shown: boolean;
}

/** Messages by whom they are for: a job's id, or the name of a ref that no job has yet. */
export class Inboxes {
  readonly #kept = new Map<string, Kept[]>();
  /** The ids that were posted, and when. */
  readonly #ids = new Map<string, number>();

  /** False for a message that was posted before. */
  isNew(message: Message): boolean {
    return !this.#ids.has(message.id);
  }

  add(address: string, message: Message): void {
    this.#ids.set(message.id, message.at);
    this.#append(address, [{ id: message.id, at: message.at, text: JSON.stringify(message), shown: false }]);
  }

  /** Remembers a message that nobody will read. */
  ignore(message: Message): void {
    this.#ids.set(message.id, message.at);
  }

  /** The job has this ref now: what came early for it is its own. */
  claim(job: string, refName: string): void {
    const early = this.#kept.get(refName);
    if (early === undefined) return;
    this.#kept.delete(refName);
    this.#append(job, early);
  }

  /** A job's messages, oldest first. They count as shown from now on. */
  show(job: string): Message[] {
    const kept = this.#kept.get(job) ?? [];
    return kept.map((message): Message => {
      message.shown = true;
      return JSON.parse(message.text);
    });
  }

  hasNew(job: string): boolean {
    return this.#kept.get(job)?.some((message) => !message.shown) ?? false;
  }

  consume(job: string, ids: readonly string[]): void {
    const left = this.#kept.get(job)?.filter((message) => !ids.includes(message.id)) ?? [];
    if (left.length > 0) this.#kept.set(job, left);
    else this.#kept.delete(job);
  }

  /** Forgets what was posted before a moment and is read, or waits for a ref that no job has. @returns how many */
  sweep(before: number): number {
    const old = (id: string) => (this.#ids.get(id) ?? before) < before;
    const size = this.#ids.size;
    for (const [address, kept] of this.#kept) {
      if (!isRefName(address)) continue;
      const left = kept.filter(({ id }) => !old(id));
      if (left.length > 0) this.#kept.set(address, left);
      else this.#kept.delete(address);
    }
    const waiting = new Set([...this.#kept.values()].flatMap((kept) => kept.map(({ id }) => id)));
    for (const id of [...this.#ids.keys()]) if (old(id) && !waiting.has(id)) this.#ids.delete(id);
    return size - this.#ids.size;
  }

  clear(job: string): void {
    this.#kept.delete(job);
  }

  #append(address: string, more: Kept[]): void {
    this.#kept.set(
      address,
      [...(this.#kept.get(address) ?? []), ...more].sort((a, b) => a.at - b.at),
    );
  }
}
