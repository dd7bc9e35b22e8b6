/** Does `work` for each, so many at once, none of them asked for before there is room. The first error stops the asking. */
export async function inPool<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const moving = new Set<Promise<void>>();
  const errors: unknown[] = [];
  try {
    for await (const item of items) {
      while (moving.size >= atOnce) await Promise.race(moving);
      if (errors.length > 0) break;
      // Nobody awaits it while the next item is fetched.
      const noted = work(item).catch((error: unknown) => void errors.push(error));
      const step = noted.finally(() => moving.delete(step));
      moving.add(step);
    }
  } finally {
    await Promise.all(moving);
  }
  if (errors.length > 0) throw errors[0];
}

/** Does `work` for each, so many at once, and takes what comes of it in the order of the items. The first error stops the asking. */
export async function inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  { atOnce, work, take }: { atOnce: number; work: (item: Item) => Promise<Result>; take: (result: Result) => void },
): Promise<void> {
  const waiting: Promise<Result>[] = [];
  const takeFirst = async () => {
    const first = waiting.shift();
    if (first !== undefined) take(await first);
  };
  try {
    for await (const item of items) {
      const step = work(item);
      // It is taken later, or not at all.
      step.catch(() => undefined);
      waiting.push(step);
      if (waiting.length >= atOnce) await takeFirst();
    }
    while (waiting.length > 0) await takeFirst();
  } finally {
    await Promise.allSettled(waiting);
  }
}
