import assert from 'node:assert/strict';
import {
  commit,
  createAll,
  ended,
  lease,
  leasedIds,
  leaseOne,
  lost,
  makeRecord,
  type StoreBehaviours,
  saved,
  slot,
  t0,
} from './kit.js';

const due: StoreBehaviours = {
  'what is due is leased, what is not due yet and what never is by itself are not': async (store) => {
    const { dueAt: _never, ...undue } = makeRecord('never');
    await createAll(store, makeRecord('now'), makeRecord('later', { dueAt: t0 + 1_000 }), undue);
    assert.deepEqual(await leasedIds(store), ['now']);
    assert.deepEqual(await leasedIds(store, { now: t0 + 999 }), []);
    assert.deepEqual(await leasedIds(store, { now: t0 + 1_000 }), ['later']);
  },

  'a lease carries the record as it is, a fence and its end': async (store) => {
    const record = makeRecord('one');
    await store.create(record);
    const leased = await leaseOne(store, { until: t0 + 20 });
    assert.deepEqual(leased, { record, fence: leased.fence, until: t0 + 20, messages: [] });
    assert.deepEqual(await store.read('one'), record);
  },

  'one record is leased unless more are asked for': async (store) => {
    await createAll(store, makeRecord('one'), makeRecord('two'), makeRecord('three'));
    assert.equal((await lease(store)).length, 1);
    assert.equal((await lease(store, { limit: 5 })).length, 2);
  },

  'the highest priority is leased first, then the oldest': async (store) => {
    await createAll(
      store,
      makeRecord('low', { priority: 1 }),
      makeRecord('high', { priority: 10, createdAt: t0 + 1 }),
      makeRecord('high, later', { priority: 10, createdAt: t0 + 2, lane: 'second' }),
      makeRecord('middle', { priority: 2, createdAt: t0 + 3, dueAt: t0 - 5_000 }),
      makeRecord('low, later', { priority: 1, createdAt: t0 + 4, lane: 'second', dueAt: t0 - 9_000 }),
    );
    assert.deepEqual(await leasedIds(store, { limit: 2 }), ['high', 'high, later']);
    assert.deepEqual(await leasedIds(store, { limit: 2 }), ['middle', 'low']);
    assert.deepEqual(await leasedIds(store, { limit: 2 }), ['low, later']);
  },

  'one record is leased by its id, when it is due or early': async (store) => {
    await createAll(store, makeRecord('one', { dueAt: t0 + 1_000 }), makeRecord('two'));
    assert.deepEqual(await leasedIds(store, { id: 'one' }), []);
    assert.deepEqual(await leasedIds(store, { id: 'one', early: true }), ['one']);
    assert.deepEqual(await leasedIds(store, { id: 'two' }), ['two']);
    assert.deepEqual(await leasedIds(store, { id: 'three', early: true }), []);
  },

  'a record that is never due by itself is leased early': async (store) => {
    const { dueAt: _never, ...record } = makeRecord('one');
    await store.create(record);
    assert.deepEqual(await leasedIds(store, { id: 'one' }), []);
    assert.deepEqual(await leasedIds(store, { id: 'one', early: true }), ['one']);
  },

  'a final record is never leased': async (store) => {
    await createAll(
      store,
      { ...makeRecord('canceled'), state: 'canceled' },
      { ...makeRecord('failed'), state: 'failed' },
    );
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store);
    await commit(store, { ...leased, record: { ...ended(leased.record), dueAt: t0 } }, { release: true });
    assert.deepEqual(await leasedIds(store, { now: t0 + 100_000 }), []);
    assert.deepEqual(await leasedIds(store, { id: 'one', early: true }), []);
    assert.deepEqual(await leasedIds(store, { id: 'failed', early: true }), []);
  },
};

const holding: StoreBehaviours = {
  'a lease is exclusive, also for its own holder': async (store) => {
    await store.create(makeRecord('one'));
    await leaseOne(store);
    assert.deepEqual(await leasedIds(store, { holder: 'b' }), []);
    assert.deepEqual(await leasedIds(store, { holder: 'a' }), []);
    assert.deepEqual(await leasedIds(store, { holder: 'b', id: 'one', early: true }), []);
  },

  'a lease passes on when it has run out': async (store) => {
    await createAll(store, makeRecord('one'), makeRecord('two'));
    await lease(store, { until: t0 + 100, limit: 2 });
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 99 }), []);
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 100, id: 'two' }), ['two']);
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 100 }), ['one']);
  },

  'a lease that has run out passes on when the record is due, as it was saved': async (store) => {
    await store.create(makeRecord('one'));
    await commit(store, await leaseOne(store, { until: t0 + 100 }), { changes: { dueAt: t0 + 5_000 } });
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 4_999 }), []);
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 5_000 }), ['one']);
  },

  'the fence grows with every lease': async (store) => {
    await store.create(makeRecord('one'));
    const first = await leaseOne(store, { until: t0 + 10 });
    const second = await leaseOne(store, { now: t0 + 10, until: t0 + 20 });
    await commit(store, second, { release: true, now: t0 + 10 });
    const third = await leaseOne(store, { now: t0 + 11 });
    assert.ok(first.fence < second.fence && second.fence < third.fence);
  },

  'a lease is prolonged; one that is lost is named': async (store) => {
    await createAll(store, makeRecord('kept'), makeRecord('passed on'), makeRecord('given back'));
    const leases = await lease(store, { until: t0 + 10, limit: 3 });
    const [kept, , givenBack] = leases;
    assert.ok(kept && givenBack);
    await commit(store, givenBack, { release: true, changes: { dueAt: t0 + 90_000 } });
    await leaseOne(store, { holder: 'b', id: 'passed on', now: t0 + 10 });
    const names = leases.map(({ record: { id }, fence }) => ({ id, fence }));
    const lostIds = await store.renew([...names, { id: 'unknown', fence: 1 }], t0 + 60_000);
    assert.deepEqual(lostIds.toSorted(), ['given back', 'passed on', 'unknown']);
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 59_999 }), ['passed on']);
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 60_000 }), ['kept']);
  },

  'a lease that has run out is still good while nobody has taken it over': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store, { until: t0 + 10 });
    assert.deepEqual(await commit(store, leased, { now: t0 + 500, changes: { rawState: 'late' } }), saved);
    assert.deepEqual(await store.renew([{ id: 'one', fence: leased.fence }], t0 + 1_000), []);
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 999 }), []);
    assert.deepEqual(await leasedIds(store, { holder: 'b', now: t0 + 1_000 }), ['one']);
  },

  'a holder that ends passes its leases on at once, and no other': async (store) => {
    await createAll(store, makeRecord('one'), makeRecord('two'), makeRecord('of another'));
    const leases = await lease(store, { holder: 'a', limit: 2 });
    await lease(store, { holder: 'b' });
    await store.close('a');
    for (const leased of leases) assert.deepEqual(await commit(store, leased), lost);
    assert.deepEqual(await leasedIds(store, { holder: 'c' }), ['one', 'two']);
    await store.close('b');
    assert.deepEqual(await leasedIds(store, { holder: 'c' }), ['of another']);
  },

  'closing a store ends no lease, and using it again opens it again': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store);
    await store.close();
    assert.deepEqual(await leasedIds(store, { holder: 'b' }), []);
    assert.deepEqual(await commit(store, leased), saved);
  },

  'several holders at once never have one record together': async (store) => {
    const ids = Array.from({ length: 100 }, (_, index) => `job-${index}`);
    await Promise.all(ids.map((id) => store.create(makeRecord(id))));
    const leasedBy = async (holder: string): Promise<string[]> => {
      const mine = await leasedIds(store, { holder, limit: 3 });
      return mine.length === 0 ? [] : [...mine, ...(await leasedBy(holder))];
    };
    const all = (await Promise.all(['a', 'b', 'c', 'd', 'e'].map(leasedBy))).flat();
    assert.deepEqual(all.toSorted(), ids.toSorted());
  },
};

const lanes: StoreBehaviours = {
  'full lanes are passed over, however many stand in them': async (store) => {
    const full = Array.from({ length: 60 }, (_, index) => makeRecord(`full-${index}`, { priority: 5 }));
    await createAll(store, ...full, makeRecord('other lane', { lane: 'second' }));
    await store.create(makeRecord('other provider', { provider: 'other' }));
    const query = { exceptLanes: ['acme/main', 'acme/third'] };
    assert.deepEqual(await leasedIds(store, query), ['other lane', 'other provider']);
    assert.deepEqual(await leasedIds(store, { ...query, id: 'full-0' }), []);
    assert.deepEqual(await leasedIds(store, { limit: 1 }), ['full-0']);
  },

  'a job that has a slot in a full lane is not passed over': async (store) => {
    await createAll(store, makeRecord('waits'), makeRecord('has one'), makeRecord('elsewhere', { lane: 'second' }));
    const leased = await leaseOne(store, { id: 'has one' });
    await commit(store, leased, { take: slot('has one', { until: t0 + 50_000 }), release: true });
    await store.admit(slot('waits', { slots: 'acme/second' }), t0);
    assert.deepEqual(await leasedIds(store, { exceptLanes: ['acme/main', 'acme/second'] }), ['has one']);
    const later = { now: t0 + 20_000, exceptLanes: ['acme/main'] };
    assert.deepEqual(await leasedIds(store, { ...later, id: 'has one' }), ['has one']);
  },

  'only jobs of the providers that are asked for are leased, also where they are passed over': async (store) => {
    const theirs = Array.from({ length: 60 }, (_, index) => makeRecord(`theirs-${index}`, { priority: 5 }));
    await createAll(store, ...theirs, makeRecord('mine', { provider: 'acme-two' }));
    await store.admit(slot('theirs-0', { until: t0 + 50_000 }), t0);
    const query = { providers: ['acme-two', 'third'], exceptLanes: ['acme/main'] };
    assert.deepEqual(await leasedIds(store, query), ['mine']);
    assert.deepEqual(await leasedIds(store, { ...query, id: 'theirs-0', early: true }), []);
    assert.deepEqual(await leasedIds(store, { providers: [] }), []);
    assert.deepEqual(await leasedIds(store, { providers: ['acme'], exceptLanes: ['acme/main'] }), ['theirs-0']);
    assert.deepEqual(await leasedIds(store, { providers: ['acme'], id: 'theirs-1' }), ['theirs-1']);
  },

  'a slot that has run out is none': async (store) => {
    await createAll(store, makeRecord('one'));
    await store.admit(slot('one', { until: t0 + 1_000 }), t0);
    assert.deepEqual(await leasedIds(store, { now: t0 + 1_000, exceptLanes: ['acme/main'] }), []);
    assert.deepEqual(await leasedIds(store, { now: t0 + 1_000, id: 'one', exceptLanes: ['acme/main'] }), []);
  },
};

export const leaseBehaviours: StoreBehaviours = { ...due, ...holding, ...lanes };
