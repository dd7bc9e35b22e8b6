/**
 * A binary heap: the first by `before` comes out first; adding, taking the first and taking out any cost O(log n).
 * Whoever wants to take out others than the first is told by `moved` where each item stands, -1 once it is out.
 */
export class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #before: (a: Item, b: Item) => boolean;
  readonly #moved: ((item: Item, index: number) => void) | undefined;

  constructor(before: (a: Item, b: Item) => boolean, moved?: (item: Item, index: number) => void) {
    this.#before = before;
    this.#moved = moved;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first item, left where it is. */
  get first(): Item | undefined {
    return this.#items[0];
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** Takes out the first item. */
  pop(): Item | undefined {
    return this.removeAt(0);
  }

  /** Takes out the item that stands at `index`, as `moved` told. */
  removeAt(index: number): Item | undefined {
    const item = this.#items[index];
    const last = this.#items.pop();
    if (item === undefined || last === undefined) return undefined;
    this.#moved?.(item, -1);
    if (index === this.#items.length) return item;
    if (this.#rise(last, index) === index) this.#sink(last, index);
    return item;
  }

  /** The first `count` items, in order, left where they are. */
  smallest(count: number): Item[] {
    if (count <= 1) return this.#items.slice(0, count);
    return this.#items.toSorted((a, b) => (this.#before(a, b) ? -1 : 1)).slice(0, count);
  }

  /** @returns where it stands then */
  #rise(item: Item, from: number): number {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex];
      if (parent === undefined || !this.#before(item, parent)) break;
      this.#put(parent, index);
      index = parentIndex;
    }
    this.#put(item, index);
    return index;
  }

  #sink(item: Item, from: number): void {
    let index = from;
    for (;;) {
      const childIndex = this.#smallerChild(index);
      const child = this.#items[childIndex];
      if (child === undefined || !this.#before(child, item)) break;
      this.#put(child, index);
      index = childIndex;
    }
    this.#put(item, index);
  }

  #smallerChild(index: number): number {
    const left = this.#items[2 * index + 1];
    const right = this.#items[2 * index + 2];
    return left !== undefined && right !== undefined && this.#before(right, left) ? 2 * index + 2 : 2 * index + 1;
  }

  #put(item: Item, index: number): void {
    this.#items[index] = item;
    this.#moved?.(item, index);
  }
}
