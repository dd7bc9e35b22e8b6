import type { Store } from '../../src/store/contract.js';

/** The store's methods as an object of its own, some of which a test may replace. */
export function bound(store: Store): Store {
  return {
    create: store.create.bind(store),
    read: store.read.bind(store),
    readByKey: store.readByKey.bind(store),
    readByRef: store.readByRef.bind(store),
    list: store.list.bind(store),
    lease: store.lease.bind(store),
    renew: store.renew.bind(store),
    commit: store.commit.bind(store),
    admit: store.admit.bind(store),
    free: store.free.bind(store),
    settle: store.settle.bind(store),
    hold: store.hold.bind(store),
    post: store.post.bind(store),
    appendPart: store.appendPart.bind(store),
    parts: store.parts.bind(store),
    clearParts: store.clearParts.bind(store),
    reopen: store.reopen.bind(store),
    sweep: store.sweep.bind(store),
    close: store.close.bind(store),
  };
}

/** The store, counting every call to it by the method's name. */
export function counted(store: Store): { store: Store; calls: Map<string, number>; total(): number } {
  const calls = new Map<string, number>();
  const counting = new Proxy(bound(store), {
    get: (target, name, receiver) => {
      calls.set(String(name), (calls.get(String(name)) ?? 0) + 1);
      return Reflect.get(target, name, receiver);
    },
  });
  return { store: counting, calls, total: () => [...calls.values()].reduce((sum, count) => sum + count, 0) };
}
