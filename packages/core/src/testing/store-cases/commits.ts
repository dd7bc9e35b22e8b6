import assert from 'node:assert/strict';
import {
  admitted,
  commit,
  createAll,
  ended,
  hit,
  leasedIds,
  leaseOne,
  lost,
  makeRecord,
  message,
  type StoreBehaviours,
  saved,
  slot,
  t0,
} from './kit.js';

export const commitBehaviours: StoreBehaviours = {
  'a commit saves the record and keeps the lease': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store);
    const changes = { state: 'running', rawState: 'queued', dueAt: t0 + 1_000 } as const;
    assert.deepEqual(await commit(store, leased, { changes }), saved);
    assert.deepEqual(await store.read('one'), makeRecord('one', changes));
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 1_000 }), []);
    assert.deepEqual(await commit(store, leased, { changes: { failures: 1 } }), saved);
  },

  'a commit that gives the lease back lets the next one have it when the record is due': async (store) => {
    await store.create(makeRecord('one'));
    await commit(store, await leaseOne(store), { changes: { dueAt: t0 + 500 }, release: true });
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 499 }), []);
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 500 }), ['one']);
  },

  'a commit under an old fence is lost and changes nothing': async (store) => {
    await store.create(makeRecord('one'));
    await store.admit(slot('one'), t0);
    await store.admit({ hits: [hit('open', { max: 1, until: t0 + 30_000 })] }, t0);
    await store.post(message('m', { job: 'one' }));
    const old = await leaseOne(store, { until: t0 + 10 });
    const current = await leaseOne(store, { holder: 'b', now: t0 + 10 });
    const outcome = await commit(store, old, {
      now: t0 + 10,
      changes: { rawState: 'stale', ref: 'stale' },
      take: { ...slot('one', { slots: 'acme/second', max: 1 }), hits: [hit('x', { window: 'acme/other', max: 1 })] },
      settle: [{ window: 'acme/main/starts', token: 'open', at: t0 - 60_000 }],
      consumed: ['m'],
      freeSlot: true,
      release: true,
    });
    assert.deepEqual(outcome, lost);
    assert.deepEqual(await store.read('one'), makeRecord('one'));
    assert.equal(await store.readByRef('acme', '"stale"'), undefined);
    assert.deepEqual(await store.admit(slot('two', { max: 1 }), t0), { admitted: false, what: 'slot' });
    assert.deepEqual(await store.admit(slot('two', { slots: 'acme/second', max: 1 }), t0), admitted);
    assert.deepEqual(await store.admit({ hits: [hit('y', { window: 'acme/other', max: 1 })] }, t0), admitted);
    assert.equal((await store.admit({ hits: [hit('z', { max: 1 })] }, t0)).admitted, false);
    assert.deepEqual(await commit(store, current, { now: t0 + 10, release: true }), saved);
    assert.deepEqual((await leaseOne(store, { now: t0 + 10 })).messages, [message('m', { job: 'one' })]);
  },

  'a commit under a lease that was given back, or of an unknown record, is lost': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store);
    await commit(store, leased, { release: true });
    assert.deepEqual(await commit(store, leased, { changes: { failures: 9 } }), lost);
    assert.deepEqual(await commit(store, { record: makeRecord('two'), fence: 1 }), lost);
    assert.equal((await store.read('one'))?.failures, 0);
    assert.equal(await store.read('two'), undefined);
  },

  'of two commits under two leases at once only that of the later lease is saved': async (store) => {
    await store.create(makeRecord('one'));
    const old = await leaseOne(store, { until: t0 + 10 });
    const current = await leaseOne(store, { holder: 'b', now: t0 + 10 });
    const outcomes = await Promise.all([
      commit(store, old, { changes: { failures: 1 } }),
      commit(store, current, { changes: { failures: 2 } }),
      commit(store, old, { changes: { failures: 3 } }),
    ]);
    assert.deepEqual(outcomes, [lost, saved, lost]);
    assert.equal((await store.read('one'))?.failures, 2);
  },

  'a commit that finds something full changes nothing and keeps the lease': async (store) => {
    await createAll(store, makeRecord('one', { ref: 'r' }));
    await store.admit(slot('other', { max: 1 }), t0);
    const leased = await leaseOne(store);
    const full = await commit(store, leased, {
      changes: { rawState: 'no', ref: 'no' },
      take: { ...slot('one', { max: 1 }), hits: [hit('x', { max: 1 })] },
      release: true,
    });
    assert.deepEqual(full, { outcome: 'full', what: 'slot' });
    assert.deepEqual(await store.read('one'), makeRecord('one', { ref: 'r' }));
    assert.deepEqual(await leasedIds(store, { holder: 'b' }), []);
    assert.deepEqual(await commit(store, leased, { take: { hits: [hit('y', { max: 1 })] } }), saved);
    const window = await commit(store, leased, { take: { hits: [hit('z', { max: 1 })] }, freeSlot: true });
    assert.deepEqual(window, { outcome: 'full', what: 'window', until: t0 + 60_000 });
  },

  'a record that ends is kept and found, with nothing left to do': async (store) => {
    await store.create(makeRecord('one', { key: 'k', ref: 'r' }));
    const leased = await leaseOne(store);
    const final = ended(leased.record, t0 + 5);
    assert.deepEqual(await commit(store, { ...leased, record: final }, { release: true }), saved);
    assert.deepEqual(await store.read('one'), final);
    assert.deepEqual(await store.readByKey('k'), final);
    assert.deepEqual(await store.readByRef('acme', '"r"'), final);
    assert.deepEqual(await leasedIds(store, { now: t0 + 1_000_000 }), []);
  },
};
