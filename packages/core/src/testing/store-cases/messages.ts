import assert from 'node:assert/strict';
import {
  commit,
  createAll,
  ended,
  leasedIds,
  leaseOne,
  makeRecord,
  message,
  type StoreBehaviours,
  saved,
  savedPending,
  t0,
} from './kit.js';

const toOne = { job: 'one' };
const toRef = { provider: 'acme', ref: '{"id":7}' };

const posting: StoreBehaviours = {
  'a message makes its job due and is there with the lease, the oldest first': async (store) => {
    await createAll(store, makeRecord('one', { dueAt: t0 + 90_000 }), makeRecord('two', { dueAt: t0 + 90_000 }));
    const second = message('second', toOne, { at: t0 + 2, kind: 'cancel' });
    const first = message('first', toOne, { at: t0 + 1, body: { size: 5, deep: ['ü', null] } });
    assert.equal(await store.post(first), true);
    assert.equal(await store.post(second), true);
    const leased = await leaseOne(store, { now: t0 + 2 });
    assert.deepEqual([leased.record.id, leased.record.dueAt, leased.messages], ['one', t0 + 1, [first, second]]);
    assert.deepEqual(await leasedIds(store, { now: t0 + 2 }), []);
  },

  'a message makes a job due that never is by itself, and one that is due no later': async (store) => {
    const { dueAt: _never, ...undue } = makeRecord('one');
    await createAll(store, undue, makeRecord('two'));
    await store.post(message('a', toOne, { at: t0 + 500 }));
    await store.post(message('b', { job: 'two' }, { at: t0 + 500 }));
    assert.equal((await store.read('two'))?.dueAt, t0);
    assert.deepEqual(await leasedIds(store, { now: t0 + 500 }), ['one', 'two']);
  },

  'the same message twice counts once, also after it was read': async (store) => {
    await store.create(makeRecord('one'));
    assert.equal(await store.post(message('m', toOne)), true);
    assert.equal(await store.post(message('m', toOne, { at: t0 + 1 })), false);
    const leased = await leaseOne(store);
    assert.equal(leased.messages.length, 1);
    assert.deepEqual(await commit(store, leased, { consumed: ['m'] }), saved);
    assert.equal(await store.post(message('m', toOne)), false);
    assert.deepEqual(await commit(store, leased, { release: true }), saved);
    assert.deepEqual((await leaseOne(store)).messages, []);
  },

  'the same message many times at once counts once': async (store) => {
    await store.create(makeRecord('one'));
    const answers = await Promise.all(Array.from({ length: 10 }, () => store.post(message('m', toOne))));
    assert.equal(answers.filter(Boolean).length, 1);
    assert.equal((await leaseOne(store)).messages.length, 1);
  },

  'a message finds its job by provider and ref': async (store) => {
    await createAll(
      store,
      makeRecord('one', { ref: { id: 7 }, dueAt: t0 + 90_000 }),
      makeRecord('two', { dueAt: t0 + 90_000 }),
    );
    assert.equal(await store.post(message('m', toRef)), true);
    assert.equal(await store.post(message('m', toRef)), false);
    assert.equal(await store.post(message('n', { ...toRef, provider: 'other' })), true);
    const leased = await leaseOne(store);
    assert.deepEqual([leased.record.id, leased.messages], ['one', [message('m', toRef)]]);
  },

  'a message that came before its job had the ref is found by the commit that sets it': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store);
    assert.equal(await store.post(message('early', toRef)), true);
    assert.equal(await store.post(message('early', toRef)), false);
    const changes = { ref: { id: 7 }, dueAt: t0 + 90_000 };
    assert.deepEqual(await commit(store, leased, { now: t0 + 5, changes, release: true }), savedPending);
    assert.equal((await store.read('one'))?.dueAt, t0 + 5);
    const next = await leaseOne(store, { now: t0 + 5 });
    assert.deepEqual(next.messages, [message('early', toRef)]);
    assert.equal(await store.post(message('early', toRef)), false);
  },

  'a message that came before its job was created with the ref is there': async (store) => {
    await store.post(message('early', toRef));
    await store.create(makeRecord('one', { ref: { id: 7 } }));
    assert.deepEqual((await leaseOne(store)).messages, [message('early', toRef)]);
  },
};

const reading: StoreBehaviours = {
  'a message that comes during a step is told by the commit, which saves the record as due': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store);
    await store.post(message('m', toOne));
    assert.deepEqual(await leasedIds(store, { holder: 'b' }), []);
    const later = { changes: { dueAt: t0 + 90_000 } };
    assert.deepEqual(await commit(store, leased, { ...later, now: t0 + 5 }), savedPending);
    assert.deepEqual(await commit(store, leased, { ...later, now: t0 + 6, release: true }), savedPending);
    assert.deepEqual((await leaseOne(store, { now: t0 + 6 })).messages, [message('m', toOne)]);
  },

  'a message that was shown and left is there again, and is no news': async (store) => {
    await createAll(store, makeRecord('one'));
    await store.post(message('read', toOne));
    await store.post(message('left', toOne));
    const leased = await leaseOne(store);
    const changes = { dueAt: t0 + 1_000 };
    assert.deepEqual(await commit(store, leased, { consumed: ['read'], changes, release: true }), saved);
    assert.deepEqual(await leasedIds(store), []);
    assert.deepEqual((await leaseOne(store, { now: t0 + 1_000 })).messages, [message('left', toOne)]);
  },

  'a message is there again when its reader died': async (store) => {
    await store.create(makeRecord('one'));
    await store.post(message('m', toOne));
    await leaseOne(store, { until: t0 + 10 });
    assert.deepEqual((await leaseOne(store, { holder: 'b', now: t0 + 10 })).messages, [message('m', toOne)]);
  },

  'a message for a job that is not there is remembered, and no more': async (store) => {
    assert.equal(await store.post(message('m', toOne)), true);
    await store.create(makeRecord('one'));
    assert.equal(await store.post(message('m', toOne)), false);
    assert.deepEqual((await leaseOne(store)).messages, []);
  },

  'a job that has ended leaves no message, and takes none': async (store) => {
    await store.create(makeRecord('one', { ref: { id: 7 } }));
    const leased = await leaseOne(store);
    await store.post(message('unread', toOne));
    const final = { ...leased, record: ended(leased.record) };
    assert.deepEqual(await commit(store, final, { release: true }), saved);
    assert.equal(await store.post(message('unread', toOne)), false);
    assert.equal(await store.post(message('late', toRef)), true);
    assert.equal(await store.post(message('late', toRef)), false);
    assert.equal((await store.read('one'))?.dueAt, undefined);
    assert.deepEqual(await leasedIds(store, { now: t0 + 90_000 }), []);
  },
};

export const messageBehaviours: StoreBehaviours = { ...posting, ...reading };
