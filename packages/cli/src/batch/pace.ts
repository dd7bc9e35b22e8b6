/** How far back the pace looks, in milliseconds. */
const windowMs = 60_000;
const gapMs = 1_000;

/** How fast rows end, from what was seen in the last minute. */
export class Pace {
  #seen: { at: number; count: number }[] = [];

  /** @param count rows that went to their ends so far */
  add(at: number, count: number): void {
    const last = this.#seen.at(-1);
    if (last !== undefined && at - last.at < gapMs && this.#seen.length > 1)
      this.#seen[this.#seen.length - 1] = { at: last.at, count };
    else this.#seen.push({ at, count });
    while (this.#seen.length > 2 && (this.#seen[1]?.at ?? at) <= at - windowMs) this.#seen.shift();
  }

  /** Rows a second; undefined while nobody can say. */
  perSecond(now: number): number | undefined {
    const first = this.#seen[0];
    const last = this.#seen.at(-1);
    if (first === undefined || last === undefined || now - first.at < gapMs || last.count === first.count)
      return undefined;
    return ((last.count - first.count) * 1_000) / (now - first.at);
  }
}
