/** What is on its way to one reader. */
export class Mailbox<T> {
  #unread: T[] = [];
  #ended = false;
  #error: unknown;
  #wake: () => void = () => undefined;

  push(letter: T): void {
    this.#unread.push(letter);
    this.#wake();
  }

  /** Takes back what nobody has read yet. */
  withdraw(isStale: (letter: T) => boolean): void {
    this.#unread = this.#unread.filter((letter) => !isStale(letter));
  }

  /** Nothing comes any more; with an error, the reader gets it after the last letter. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  /** Those there are, so many at the most, as soon as there are any; undefined after the last. @throws what it was ended with */
  async take(most = Number.POSITIVE_INFINITY): Promise<T[] | undefined> {
    while (this.#unread.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#unread.splice(0, most);
    if (taken.length > 0) return taken;
    if (this.#error !== undefined) throw this.#error;
    return undefined;
  }
}
