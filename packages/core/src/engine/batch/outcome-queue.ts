/** Outcomes on their way to the one who reads them. */
export class OutcomeQueue<T> {
  #outcomes: T[] = [];
  #ended = false;
  #error: unknown;
  #wake: () => void = () => undefined;

  push(outcome: T): void {
    this.#outcomes.push(outcome);
    this.#wake();
  }

  /** Nothing comes any more; with an error, the reader gets it after the last outcome. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  /** Those there are, as soon as there are any; undefined after the last. @throws what it was ended with */
  async take(): Promise<T[] | undefined> {
    while (this.#outcomes.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#outcomes;
    this.#outcomes = [];
    if (taken.length > 0) return taken;
    if (this.#error !== undefined) throw this.#error;
    return undefined;
  }
}
