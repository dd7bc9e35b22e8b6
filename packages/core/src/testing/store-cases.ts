import type { Store } from '../store/contract.js';
import { commitBehaviours } from './store-cases/commits.js';
import { leaseBehaviours } from './store-cases/leases.js';
import { limitBehaviours } from './store-cases/limits.js';
import { messageBehaviours } from './store-cases/messages.js';
import { partBehaviours } from './store-cases/parts.js';
import { recordBehaviours } from './store-cases/records.js';
import { reopeningBehaviours } from './store-cases/reopening.js';
import { retryBehaviours } from './store-cases/retries.js';

/** One case, for any test runner: `it(name, run)`. */
export interface StoreCase {
  name: string;
  /** Resolves when the store behaves so; rejects with an AssertionError that shows what it did instead. */
  run(): Promise<void>;
}

/** How the cases come by stores. */
export interface StoreCaseOptions {
  /** For durable stores: opens anew what `store` has written, as another process would. Adds the cases of reopening. */
  reopen?: (store: Store) => Store | Promise<Store>;
}

const behaviours = {
  ...recordBehaviours,
  ...leaseBehaviours,
  ...commitBehaviours,
  ...limitBehaviours,
  ...messageBehaviours,
  ...partBehaviours,
  ...retryBehaviours,
};

/**
 * What the contract of {@link Store} says, case by case. `open` makes an empty store for each; it is closed afterwards.
 *
 * ```ts
 * for (const { name, run } of storeCases(() => myStore({ path: newPath() }))) {
 *   it(name, run);
 * }
 * ```
 */
export function storeCases(open: () => Store | Promise<Store>, options: StoreCaseOptions = {}): StoreCase[] {
  const { reopen } = options;
  const cases = Object.entries(behaviours).map(([name, behave]) => ({ name, run: () => withStore(open, behave) }));
  if (reopen === undefined) return cases;
  const reopening = Object.entries(reopeningBehaviours).map(([name, behave]) => ({
    name: `opened anew: ${name}`,
    run: () => withStore(open, (store) => withReopened(store, reopen, behave)),
  }));
  return [...cases, ...reopening];
}

async function withStore(open: () => Store | Promise<Store>, behave: (store: Store) => Promise<void>): Promise<void> {
  const store = await open();
  try {
    await behave(store);
  } finally {
    await store.close();
  }
}

async function withReopened(
  store: Store,
  reopen: NonNullable<StoreCaseOptions['reopen']>,
  behave: (store: Store, reopen: () => Promise<Store>) => Promise<void>,
): Promise<void> {
  const opened: Store[] = [];
  try {
    await behave(store, async () => {
      const again = await reopen(store);
      opened.push(again);
      return again;
    });
  } finally {
    for (const again of opened) await again.close();
  }
}
