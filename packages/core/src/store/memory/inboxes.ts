import type { Message } from '../contract.js';

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
  /** Every id that was ever posted. */
  readonly #ids = new Set<string>();

  /** False for a message that was posted before. */
  isNew(message: Message): boolean {
    return !this.#ids.has(message.id);
  }

  add(address: string, message: Message): void {
    this.#ids.add(message.id);
    this.#append(address, [{ id: message.id, at: message.at, text: JSON.stringify(message), shown: false }]);
  }

  /** Remembers a message that nobody will read. */
  ignore(message: Message): void {
    this.#ids.add(message.id);
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
