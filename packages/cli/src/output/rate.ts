/** How far back the rate looks, in milliseconds: long enough to be steady, short enough to be true. */
const windowMs = 5_000;

/** How fast bytes move, from what was seen of them in the last seconds. */
export class Rate {
  #seen: { at: number; bytes: number }[] = [];

  /** @param bytes moved so far */
  add(at: number, bytes: number): void {
    // Fewer bytes than before: it started anew.
    if (bytes < (this.#seen.at(-1)?.bytes ?? 0)) this.#seen = [];
    this.#seen.push({ at, bytes });
    while (this.#seen.length > 2 && (this.#seen[1]?.at ?? at) <= at - windowMs) this.#seen.shift();
  }

  /** Bytes a second; undefined while nobody can say. */
  perSecond(): number | undefined {
    const first = this.#seen[0];
    const last = this.#seen.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return undefined;
    return ((last.bytes - first.bytes) * 1_000) / (last.at - first.at);
  }
}
