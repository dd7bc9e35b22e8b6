import assert from 'node:assert/strict';
import type { Store } from '../../store/contract.js';
import {
  admitted,
  collect,
  commit,
  createAll,
  hit,
  leasedIds,
  leaseOne,
  lost,
  makeRecord,
  message,
  saved,
  slot,
  t0,
} from './kit.js';
import { fullRecord } from './records.js';

/** What a durable store must do besides: each is given a store, and a way to open anew what it has written. */
export type ReopeningBehaviours = Record<string, (store: Store, reopen: () => Promise<Store>) => Promise<void>>;

export const reopeningBehaviours: ReopeningBehaviours = {
  'records survive, with their keys, refs and order': async (store, reopen) => {
    await createAll(store, fullRecord('one'), makeRecord('two'), makeRecord('three'));
    const again = await reopen();
    assert.deepEqual(await again.read('one'), fullRecord('one'));
    assert.deepEqual(await again.readByKey('Schlüssel "1"'), fullRecord('one'));
    assert.equal((await again.readByRef('acme', '{"id":"r1","parts":[1,2]}'))?.id, 'one');
    assert.equal((await again.create(makeRecord('four', { key: 'Schlüssel "1"' }))).created, false);
    const ids = (await collect(again.list())).map(({ id }) => id);
    assert.deepEqual(ids, ['one', 'two', 'three']);
  },

  'leases survive: they are exclusive, fenced, and pass on': async (store, reopen) => {
    await createAll(store, makeRecord('one'), makeRecord('two'));
    const first = await leaseOne(store, { id: 'one', until: t0 + 10 });
    const second = await leaseOne(store, { id: 'two' });
    const again = await reopen();
    assert.deepEqual(await leasedIds(again, { holder: 'b' }), []);
    assert.deepEqual(await commit(again, second), saved);
    const taken = await leaseOne(again, { holder: 'b', now: t0 + 10 });
    assert.ok(taken.record.id === 'one' && taken.fence > first.fence);
    assert.deepEqual(await commit(again, first), lost);
  },

  'slots, windows and holds survive': async (store, reopen) => {
    await store.admit({ ...slot('one', { max: 1 }), hits: [hit('a', { max: 1 })] }, t0);
    await store.hold('held', t0 + 500);
    const again = await reopen();
    assert.deepEqual(await again.admit(slot('two', { max: 1 }), t0), { admitted: false, what: 'slot' });
    const full = await again.admit({ hits: [hit('b', { max: 1 })] }, t0);
    assert.deepEqual(full, { admitted: false, what: 'window', until: t0 + 60_000 });
    const held = await again.admit({ hits: [hit('c', { window: 'held' })] }, t0);
    assert.deepEqual(held, { admitted: false, what: 'window', until: t0 + 500 });
    await again.free('acme/main', 'one');
    assert.deepEqual(await again.admit(slot('two', { max: 1 }), t0), admitted);
  },

  'messages survive, and that they were read does': async (store, reopen) => {
    await createAll(store, makeRecord('one'));
    const left = message('left', { job: 'one' }, { body: { size: 5 } });
    await store.post(message('read', { job: 'one' }));
    await store.post(left);
    await store.post(message('early', { provider: 'acme', ref: '"r"' }));
    await commit(store, await leaseOne(store), { consumed: ['read'], release: true });
    const again = await reopen();
    assert.equal(await again.post(message('read', { job: 'one' })), false);
    const leased = await leaseOne(again);
    assert.deepEqual(leased.messages, [left]);
    assert.deepEqual(await commit(again, leased, { changes: { ref: 'r' } }), { outcome: 'saved', pending: true });
  },

  'parts survive': async (store, reopen) => {
    await store.appendPart('one', { number: 2, etag: '"b"', size: 2 });
    await store.appendPart('one', { number: 1, etag: '"a"', size: 1 });
    const again = await reopen();
    assert.deepEqual(
      (await again.parts('one')).map(({ etag }) => etag),
      ['"a"', '"b"'],
    );
  },
};
