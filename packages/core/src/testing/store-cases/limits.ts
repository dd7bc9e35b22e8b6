import assert from 'node:assert/strict';
import { admitted, commit, hit, leaseOne, makeRecord, type StoreBehaviours, saved, slot, t0 } from './kit.js';

const slotFull = { admitted: false, what: 'slot' };
const windowFull = (until: number) => ({ admitted: false, what: 'window', until });

const slots: StoreBehaviours = {
  'slots are taken until they are full, lane by lane': async (store) => {
    assert.deepEqual(await store.admit(slot('one'), t0), admitted);
    assert.deepEqual(await store.admit(slot('two'), t0), admitted);
    assert.deepEqual(await store.admit(slot('three'), t0), slotFull);
    assert.deepEqual(await store.admit(slot('three', { slots: 'acme/second' }), t0), admitted);
  },

  'a holder that asks twice has one slot, until the moment it asked for last': async (store) => {
    await store.admit(slot('one', { until: t0 + 10 }), t0);
    assert.deepEqual(await store.admit(slot('one', { until: t0 + 20 }), t0), admitted);
    assert.deepEqual(await store.admit(slot('two', { until: t0 + 5 }), t0), admitted);
    assert.deepEqual(await store.admit(slot('two', { until: t0 + 5 }), t0), admitted);
    assert.deepEqual(await store.admit(slot('three', { max: 1 }), t0 + 19), slotFull);
    assert.deepEqual(await store.admit(slot('three', { max: 1 }), t0 + 20), admitted);
  },

  'a slot is free again when it is given back, or at its end': async (store) => {
    await store.admit(slot('one', { max: 1, until: t0 + 100 }), t0);
    await store.free('acme/second', 'one');
    await store.free('acme/main', 'two');
    assert.deepEqual(await store.admit(slot('two', { max: 1 }), t0), slotFull);
    await store.free('acme/main', 'one');
    assert.deepEqual(await store.admit(slot('two', { max: 1, until: t0 + 100 }), t0), admitted);
    assert.deepEqual(await store.admit(slot('three', { max: 1 }), t0 + 99), slotFull);
    assert.deepEqual(await store.admit(slot('three', { max: 1 }), t0 + 100), admitted);
  },

  'a commit takes its slot and gives it back, never the lease': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store, { until: t0 + 10 });
    assert.deepEqual(await commit(store, leased, { take: slot('one', { max: 1 }) }), saved);
    assert.deepEqual(await store.admit(slot('two', { max: 1 }), t0), slotFull);
    const next = await leaseOne(store, { holder: 'b', now: t0 + 10 });
    assert.deepEqual(await store.admit(slot('two', { max: 1 }), t0 + 10), slotFull);
    await commit(store, next, { freeSlot: true, release: true });
    assert.deepEqual(await store.admit(slot('two', { max: 1 }), t0), admitted);
  },

  'many that ask for slots at once never get more than there are': async (store) => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => store.admit(slot(`job-${index}`, { max: 7 }), t0)),
    );
    assert.equal(answers.filter((answer) => answer.admitted).length, 7);
  },
};

const windows: StoreBehaviours = {
  'a window takes its whole allowance at once, and then nothing until the oldest call has left it': async (store) => {
    assert.deepEqual(await store.admit({ hits: [hit('a', { until: t0 + 5 })] }, t0), admitted);
    assert.deepEqual(await store.admit({ hits: [hit('b', { until: t0 + 3 })] }, t0), admitted);
    assert.deepEqual(await store.admit({ hits: [hit('c')] }, t0 + 1), windowFull(t0 + 60_003));
    assert.deepEqual(await store.admit({ hits: [hit('c')] }, t0 + 60_002), windowFull(t0 + 60_003));
    assert.deepEqual(await store.admit({ hits: [hit('c', { until: t0 + 60_003 })] }, t0 + 60_003), admitted);
    assert.deepEqual(await store.admit({ hits: [hit('d')] }, t0 + 60_003), windowFull(t0 + 60_005));
  },

  'a call counts from its answer once that is known, and before as late as it may be': async (store) => {
    await store.admit({ hits: [hit('a', { max: 1, until: t0 + 30_000 })] }, t0);
    assert.deepEqual(await store.admit({ hits: [hit('b', { max: 1 })] }, t0), windowFull(t0 + 90_000));
    await store.settle([
      { window: 'acme/main/starts', token: 'a', at: t0 + 200 },
      { window: 'acme/main/starts', token: 'unknown', at: t0 },
      { window: 'unknown', token: 'a', at: t0 },
    ]);
    assert.deepEqual(await store.admit({ hits: [hit('b', { max: 1 })] }, t0 + 60_199), windowFull(t0 + 60_200));
    assert.deepEqual(await store.admit({ hits: [hit('b', { max: 1 })] }, t0 + 60_200), admitted);
  },

  'a commit takes calls and settles them': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store);
    await commit(store, leased, { take: { hits: [hit('a', { max: 1, until: t0 + 30_000 })] } });
    assert.deepEqual(await store.admit({ hits: [hit('b', { max: 1 })] }, t0), windowFull(t0 + 90_000));
    await commit(store, leased, { settle: [{ window: 'acme/main/starts', token: 'a', at: t0 + 100 }] });
    assert.deepEqual(await store.admit({ hits: [hit('b', { max: 1 })] }, t0 + 100), windowFull(t0 + 60_100));
  },

  'windows are apart from one another': async (store) => {
    await store.admit({ hits: [hit('a', { max: 1 })] }, t0);
    const other = hit('a', { window: 'acme/second/starts', max: 1 });
    assert.deepEqual(await store.admit({ hits: [other] }, t0), admitted);
  },

  'all of an admission is taken, or nothing': async (store) => {
    await store.admit({ hits: [hit('a', { window: 'full', max: 1 })] }, t0);
    const both = { ...slot('one', { max: 1 }), hits: [hit('b', { max: 1 }), hit('c', { window: 'full', max: 1 })] };
    assert.deepEqual(await store.admit(both, t0 + 5), windowFull(t0 + 60_000));
    assert.deepEqual(await store.admit({ ...slot('two', { max: 1 }), hits: [hit('d', { max: 1 })] }, t0 + 5), admitted);
    const refused = await store.admit(
      { ...slot('three', { max: 1 }), hits: [hit('e', { window: 'empty', max: 1 })] },
      t0 + 5,
    );
    assert.deepEqual(refused, slotFull);
    assert.deepEqual(await store.admit({ hits: [hit('f', { window: 'empty', max: 1 })] }, t0 + 5), admitted);
  },

  'a refusal names the moment when every window lets it in': async (store) => {
    await store.admit({ hits: [hit('a', { window: 'short', max: 1, windowMs: 1_000 })] }, t0);
    await store.admit({ hits: [hit('b', { window: 'long', max: 1, windowMs: 9_000 })] }, t0);
    const hits = [hit('c', { window: 'long', max: 1 }), hit('c', { window: 'short', max: 1 })];
    assert.deepEqual(await store.admit({ hits }, t0), windowFull(t0 + 9_000));
  },

  'several calls of one admission count each': async (store) => {
    const three = [hit('a'), hit('b'), hit('c')];
    assert.deepEqual(await store.admit({ hits: three }, t0), { admitted: false, what: 'window' });
    assert.deepEqual(await store.admit({ hits: three.slice(0, 2) }, t0), admitted);
    assert.deepEqual(await store.admit({ hits: [hit('d')] }, t0), windowFull(t0 + 60_000));
  },

  'a window that became smaller lets nobody in until enough have left': async (store) => {
    const five = Array.from({ length: 5 }, (_, index) => hit(`call-${index}`, { max: 5, until: t0 + index }));
    await store.admit({ hits: five }, t0);
    assert.deepEqual(await store.admit({ hits: [hit('x', { max: 2 })] }, t0), windowFull(t0 + 60_003));
  },

  'nobody gets into a window that is held': async (store) => {
    await store.hold('acme/main/starts', t0 + 5_000);
    await store.hold('acme/main/starts', t0 + 2_000);
    assert.deepEqual(await store.admit({ hits: [hit('a', { max: 1 })] }, t0 + 4_999), windowFull(t0 + 5_000));
    assert.deepEqual(await store.admit({ hits: [hit('a', { max: 1 })] }, t0 + 5_000), admitted);
    await store.hold('acme/main/starts', t0 + 90_000);
    assert.deepEqual(await store.admit({ hits: [hit('b', { max: 1 })] }, t0 + 5_000), windowFull(t0 + 90_000));
  },

  'many that ask at once never get more than a window has': async (store) => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => store.admit({ hits: [hit(`call-${index}`, { max: 7 })] }, t0)),
    );
    assert.equal(answers.filter((answer) => answer.admitted).length, 7);
  },
};

export const limitBehaviours: StoreBehaviours = { ...slots, ...windows };
