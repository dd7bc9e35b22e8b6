import type { SluiceError } from '../model/error.js';
import type { JobRecord } from '../model/record.js';

/** What listeners of a job are told. */
export type Notice =
  | { kind: 'record'; record: JobRecord }
  /** The provider refuses to say how the job stands, and asking again will not help; the job itself is alive. */
  | { kind: 'stuck'; error: SluiceError }
  /** A call was made that may take minutes: its adapter gives it more time than others. */
  | { kind: 'long-call' }
  /** Somebody in this process left a message in the job's inbox. */
  | { kind: 'message' }
  /** A wish to cancel was not granted: for whoever wished it; the job goes on. */
  | { kind: 'not-canceled'; error: SluiceError }
  /** This client moves nothing any more. */
  | { kind: 'closed'; error: SluiceError };

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

  tellAll(notice: Notice): void {
    for (const id of [...this.#listeners.keys()]) this.tell(id, notice);
  }

  tell(id: string, notice: Notice): void {
    for (const listener of [...(this.#listeners.get(id) ?? [])]) listener(notice);
  }
}
