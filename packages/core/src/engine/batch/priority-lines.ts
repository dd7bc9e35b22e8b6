/** Lines of items, one a priority: the higher goes first, in each line who came first. */
export class PriorityLines<Item> {
  readonly #lines = new Map<number, Line<Item>>();
  /** Of the lines, the highest last. */
  #priorities: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: Item, priority: number): void {
    let line = this.#lines.get(priority);
    if (line === undefined) {
      line = { items: [], taken: 0 };
      this.#lines.set(priority, line);
      this.#priorities = [...this.#lines.keys()].sort((a, b) => a - b);
    }
    line.items.push(item);
    this.#size += 1;
  }

  /** Takes out the first of the highest. */
  take(): Item | undefined {
    const priority = this.#priorities.at(-1);
    const line = priority === undefined ? undefined : this.#lines.get(priority);
    if (priority === undefined || line === undefined) return undefined;
    const item = line.items[line.taken];
    line.items[line.taken] = undefined;
    line.taken += 1;
    this.#size -= 1;
    if (line.taken === line.items.length) {
      this.#lines.delete(priority);
      this.#priorities.pop();
    } else if (line.taken >= mostTaken) {
      line.items.splice(0, line.taken);
      line.taken = 0;
    }
    return item;
  }
}

interface Line<Item> {
  items: (Item | undefined)[];
  /** So many at its beginning are out already. */
  taken: number;
}

/** The others move up once for so many that are out: at each one it would cost the more the longer the line is. */
const mostTaken = 1_024;
