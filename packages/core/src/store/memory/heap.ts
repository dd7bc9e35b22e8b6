/** What a {@link Heap} holds: it keeps the item's place in it, so that any item can be taken out again. */
export interface HeapItem {
  /** -1 outside a heap. An item is in one heap at a time. */
  heapIndex: number;
}

/** The smallest item first; adding, taking the first and taking out any cost O(log n). */
export class Heap<Item extends HeapItem> {
  readonly #items: Item[] = [];
  readonly #before: (a: Item, b: Item) => boolean;

  constructor(before: (a: Item, b: Item) => boolean) {
    this.#before = before;
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

  remove(item: Item): void {
    const index = item.heapIndex;
    const last = this.#items.pop();
    item.heapIndex = -1;
    if (last === undefined || last === item) return;
    this.#rise(last, index);
    if (last.heapIndex === index) this.#sink(last, index);
  }

  /** The first `count` items, in order, left where they are. */
  smallest(count: number): Item[] {
    if (count <= 1) return this.#items.slice(0, count);
    return this.#items.toSorted((a, b) => (this.#before(a, b) ? -1 : 1)).slice(0, count);
  }

  #rise(item: Item, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex];
      if (parent === undefined || !this.#before(item, parent)) break;
      this.#put(parent, index);
      index = parentIndex;
    }
    this.#put(item, index);
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
    item.heapIndex = index;
  }
}
