/** Does `work` for each, so many at once, none of them asked for before there is room. The first error stops the asking. */
export async function inPool<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const moving = new Set<Promise<void>>();
  try {
    for await (const item of items) {
      while (moving.size >= atOnce) await Promise.race(moving);
      const step = work(item).finally(() => moving.delete(step));
      moving.add(step);
    }
  } finally {
    await Promise.all(moving);
  }
}
