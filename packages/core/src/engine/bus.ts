import type { SluiceError } from '../model/error.js';
import type { JobRecord } from '../model/record.js';

/** What listeners of a job are told. */
export type Notice =
  | { kind: 'record'; record: JobRecord }
  /** The provider refuses to say how the job stands, and asking again will not help; the job itself is alive. */
  | { kind: 'stuck'; error: SluiceError };

type Listener = (notice: Notice) => void;

/** Tells the handles in this process what became of their jobs. */
export class Bus {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** @returns what ends the subscription */
  listen(id: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(id, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(id);
    };
  }

  tell(id: string, notice: Notice): void {
    for (const listener of [...(this.#listeners.get(id) ?? [])]) listener(notice);
  }
}
