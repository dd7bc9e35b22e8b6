/** What stops work: a signal of the platform's, or one of ours. */
export type StopSignal = AbortSignal | Stop;

/**
 * Stops work, as an `AbortController` does, for a small part of its cost: most work ends without being stopped, and a platform's
 * signal is made only for what takes no other.
 */
export class Stop {
  #aborted = false;
  #reason: unknown;
  #callbacks: Set<() => void> | undefined;
  #controller: AbortController | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** The same as the platform has it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Only the first time counts. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    for (const callback of [...(this.#callbacks ?? [])]) callback();
  }

  /** Calls back when it is stopped. @returns what ends the subscription */
  listen(callback: () => void): () => void {
    this.#callbacks ??= new Set();
    this.#callbacks.add(callback);
    return () => void this.#callbacks?.delete(callback);
  }
}

/** A signal as the platform has it. */
export function platformSignal(signal: StopSignal): AbortSignal {
  return signal instanceof Stop ? signal.signal : signal;
}
