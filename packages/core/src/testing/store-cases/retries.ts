import assert from 'node:assert/strict';
import {
  admitted,
  collect,
  commit,
  ended,
  lease,
  leasedIds,
  leaseOne,
  makeRecord,
  message,
  type StoreBehaviours,
  slot,
  t0,
} from './kit.js';

export const retryBehaviours: StoreBehaviours = {
  'a final record is brought back to life, and is due again': async (store) => {
    const failed = { ...ended(makeRecord('one', { key: 'k', ref: 'r' })), state: 'failed' as const };
    await store.create(failed);
    await store.appendPart('one', { number: 1, etag: '"a"', size: 1 });
    const record = makeRecord('one', { key: 'k', attempt: 2, updatedAt: t0 + 5 });
    assert.equal(await store.reopen({ record, from: failed.updatedAt, now: t0 }), true);
    assert.deepEqual(await store.read('one'), record);
    assert.deepEqual(await store.parts('one'), []);
    assert.deepEqual(await store.readByKey('k'), record);
    assert.equal(await store.readByRef('acme', '"r"'), undefined);
    assert.deepEqual((await collect(store.list({ states: ['queued'] }))).length, 1);
    assert.deepEqual(await leasedIds(store), ['one']);
  },

  'a record that is not final, was changed meanwhile, or is not there, is left alone': async (store) => {
    await store.create(makeRecord('live'));
    await store.create({ ...ended(makeRecord('over')), updatedAt: t0 + 1 });
    const reopen = (id: string, from: number) => store.reopen({ record: makeRecord(id), from, now: t0 });
    assert.equal(await reopen('live', t0), false);
    assert.equal(await reopen('over', t0), false);
    assert.equal(await reopen('nobody', t0), false);
    assert.equal((await store.read('over'))?.state, 'completed');
  },

  'of many that bring one record back, one does': async (store) => {
    await store.create(ended(makeRecord('one')));
    const record = makeRecord('one', { updatedAt: t0 + 1 });
    const tries = Array.from({ length: 10 }, () => store.reopen({ record, from: t0, now: t0 }));
    assert.equal((await Promise.all(tries)).filter(Boolean).length, 1);
  },

  'a lease from before it ended is worth nothing after it was brought back': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store);
    await commit(store, { ...leased, record: ended(leased.record) });
    await store.reopen({ record: makeRecord('one', { updatedAt: t0 + 1 }), from: t0, now: t0 });
    assert.deepEqual(await commit(store, leased), { outcome: 'lost' });
    const [again] = await lease(store);
    assert.ok(again !== undefined && again.fence > leased.fence);
    assert.deepEqual(again.messages, []);
    assert.deepEqual(await store.admit(slot('one'), t0), admitted);
  },

  'a sweep takes away old messages for jobs that never came, and parts of jobs that are over': async (store) => {
    await store.create(makeRecord('live'));
    await store.create(ended(makeRecord('over')));
    for (const id of ['live', 'over']) await store.appendPart(id, { number: 1, etag: '"a"', size: 1 });
    await store.post(message('stray', { provider: 'acme', ref: '"never"' }));
    await store.post(message('kept', { job: 'live' }));
    await store.post(message('fresh', { provider: 'acme', ref: '"later"' }, { at: t0 + 10 }));
    assert.deepEqual(await store.sweep(t0), { messages: 0, parts: 0 });
    assert.deepEqual(await store.sweep(t0 + 5), { messages: 1, parts: 1 });
    assert.deepEqual(await store.parts('over'), []);
    assert.equal((await store.parts('live')).length, 1);
    const leased = await leaseOne(store, { id: 'live' });
    assert.deepEqual(
      leased.messages.map(({ id }) => id),
      ['kept'],
    );
    assert.equal(await store.post(message('fresh', { provider: 'acme', ref: '"later"' })), false);
    assert.equal(await store.post(message('stray', { provider: 'acme', ref: '"never"' })), true);
  },
};
