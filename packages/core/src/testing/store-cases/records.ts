import assert from 'node:assert/strict';
import { canonicalJson } from '../../model/json.js';
import type { JobRecord } from '../../model/record.js';
import type { JobFilter, Store } from '../../store/contract.js';
import { collect, commit, createAll, ended, leaseOne, makeRecord, type StoreBehaviours, saved, t0 } from './kit.js';

/** A record with everything in it that a record can have. */
export function fullRecord(id: string): JobRecord {
  const asset = {
    id: 'asset 1',
    url: 'https://cdn.example/1.mp4?sig=geheim',
    size: 2 ** 40,
    raw: { deep: [1, { a: null }] },
  };
  const match = { outcome: 'match', expected: 5, actual: 5 } as const;
  return makeRecord(id, {
    key: 'Schlüssel "1"',
    state: 'running',
    phase: 'verify',
    rawState: '処理中 🎬',
    unmapped: true,
    priority: 7,
    updatedAt: t0 + 1,
    dueAt: t0 + 2,
    startedAt: t0 + 3,
    deadlineAt: t0 + 4,
    changedAt: t0 + 5,
    request: {
      source: { kind: 'url', url: 'https://user:password@example.com/a.mp4?token=geheim' },
      metadata: { title: 'Ünïcode', tags: ['a', 'b'], nested: { n: 1.5 } },
      options: { acme: { flag: true, nothing: null } },
    },
    intent: { effect: 'start', key: 'k', savedAt: t0 },
    ref: { id: 'r1', parts: [1, 2] },
    progress: { done: 1, total: 3, unit: 'items' },
    measured: { size: 12 },
    items: [
      { ok: true, ref: 'one', asset, checks: { size: match, sha256: { outcome: 'unchecked' } } },
      { ok: false, ref: 'two', error: { code: 'integrity', message: 'no', retry: 'never' } },
    ],
    warnings: [{ code: 'ignored', message: 'a warning' }],
    error: { code: 'unavailable', message: 'an error', retry: 'later', status: 503 },
    cost: { amount: 0.5, unit: 'credits' },
    waitingFor: { what: 'window', until: t0 + 6 },
    failures: 2,
    idleLooks: 3,
  });
}

export const recordBehaviours: StoreBehaviours = {
  'a record comes out as it went in, every field of it': async (store) => {
    const record = fullRecord('one');
    assert.deepEqual(await store.create(record), { record, created: true });
    assert.deepEqual(await store.read('one'), record);
  },

  'records go in and come out by value': async (store) => {
    const record = makeRecord('one', { warnings: [{ code: 'a', message: 'a' }] });
    const { record: created } = await store.create(record);
    record.warnings.push({ code: 'b', message: 'b' });
    created.display.name = 'changed';
    const leased = await leaseOne(store);
    leased.record.items.push({ ok: false, ref: 'x', error: { code: 'protocol', message: 'x', retry: 'never' } });
    const read = await store.read('one');
    assert.deepEqual(read, makeRecord('one', { warnings: [{ code: 'a', message: 'a' }] }));
    if (read !== undefined) read.state = 'failed';
    assert.equal((await store.read('one'))?.state, 'queued');
  },

  'what a commit leaves out of a record is gone': async (store) => {
    await store.create({ ...fullRecord('one'), dueAt: t0 });
    const leased = await leaseOne(store);
    const bare = makeRecord('one', { key: 'Schlüssel "1"' });
    assert.deepEqual(await commit(store, { ...leased, record: bare }), saved);
    assert.deepEqual(await store.read('one'), bare);
    const { request: _request, ...withoutRequest } = bare;
    await commit(store, { ...leased, record: withoutRequest });
    assert.deepEqual(await store.read('one'), withoutRequest);
  },

  'a key that is taken adds nothing and answers with the record that has it': async (store) => {
    const first = makeRecord('one', { key: 'k' });
    await store.create(first);
    assert.deepEqual(await store.create(makeRecord('two', { key: 'k' })), { record: first, created: false });
    assert.equal(await store.read('two'), undefined);
    const leased = await leaseOne(store);
    await commit(store, { ...leased, record: ended(leased.record) }, { release: true });
    const third = await store.create(makeRecord('three', { key: 'k' }));
    assert.deepEqual([third.created, third.record.id, third.record.state], [false, 'one', 'completed']);
  },

  'many that ask for one key at once get one record': async (store) => {
    const ids = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    const answers = await Promise.all(ids.map((id) => store.create(makeRecord(id, { key: 'k' }))));
    assert.equal(answers.filter(({ created }) => created).length, 1);
    assert.equal(new Set(answers.map(({ record }) => record.id)).size, 1);
    assert.equal((await collect(store.list())).length, 1);
  },

  'records without a key are never the same': async (store) => {
    const answers = await Promise.all([store.create(makeRecord('one')), store.create(makeRecord('two'))]);
    assert.deepEqual(
      answers.map(({ created }) => created),
      [true, true],
    );
  },

  'a record is found by its key and by its ref, another is not': async (store) => {
    const record = makeRecord('one', { key: 'k', ref: { b: 2, a: 1 } });
    await store.create(record);
    assert.deepEqual(await store.readByKey('k'), record);
    assert.deepEqual(await store.readByRef('acme', canonicalJson({ a: 1, b: 2 })), record);
    assert.equal(await store.read('two'), undefined);
    assert.equal(await store.readByKey('other'), undefined);
    assert.equal(await store.readByRef('acme', canonicalJson({ a: 1 })), undefined);
    assert.equal(await store.readByRef('other', canonicalJson({ a: 1, b: 2 })), undefined);
  },

  'a ref is found once a commit has set it, and by its new value once one has changed it': async (store) => {
    await store.create(makeRecord('one'));
    const leased = await leaseOne(store);
    assert.equal(await store.readByRef('acme', '"r1"'), undefined);
    await commit(store, leased, { changes: { ref: 'r1' } });
    assert.equal((await store.readByRef('acme', '"r1"'))?.id, 'one');
    await commit(store, leased, { changes: { ref: 'r2' } });
    assert.equal(await store.readByRef('acme', '"r1"'), undefined);
    assert.equal((await store.readByRef('acme', '"r2"'))?.id, 'one');
  },

  'of several records with one ref the newest is found': async (store) => {
    await createAll(store, makeRecord('one'), makeRecord('two', { ref: 'r' }));
    await commit(store, await leaseOne(store, { id: 'one' }), { changes: { ref: 'r' } });
    assert.equal((await store.readByRef('acme', '"r"'))?.id, 'two');
    await commit(store, await leaseOne(store, { id: 'two' }), { changes: { ref: 'other' } });
    assert.equal((await store.readByRef('acme', '"r"'))?.id, 'one');
  },

  'a list has every record, the oldest first, or the newest': async (store) => {
    const ids = Array.from({ length: 230 }, (_, index) => `job-${index}`);
    await Promise.all(ids.map((id, index) => store.create(makeRecord(id, { createdAt: t0 + index }))));
    assert.deepEqual(await listed(store), ids);
    assert.deepEqual(await listed(store, { order: 'newest' }), ids.toReversed());
    assert.deepEqual(await listed(store, { order: 'newest', limit: 2 }), ['job-229', 'job-228']);
    assert.deepEqual(await listed(store, { limit: 120 }), ids.slice(0, 120));
  },

  'a list is filtered by state, provider, key, name and age, together too': async (store) => {
    await createAll(
      store,
      makeRecord('one', { key: 'k' }),
      makeRecord('two', { provider: 'other', state: 'running' }),
      makeRecord('three', { state: 'running' }),
      ended(makeRecord('four')),
    );
    assert.deepEqual(await listed(store, { states: ['running'] }), ['two', 'three']);
    assert.deepEqual(await listed(store, { states: ['queued', 'completed'] }), ['one', 'four']);
    assert.deepEqual(await listed(store, { states: [] }), []);
    assert.deepEqual(await listed(store, { provider: 'acme' }), ['one', 'three', 'four']);
    assert.deepEqual(await listed(store, { key: 'k' }), ['one']);
    assert.deepEqual(await listed(store, { provider: 'other', key: 'k' }), []);
    assert.deepEqual(await listed(store, { name: 'TWO' }), ['two']);
    assert.deepEqual(await listed(store, { name: '%' }), []);
    assert.deepEqual(await listed(store, { since: t0 + 1 }), []);
    assert.deepEqual(await listed(store, { since: t0, provider: 'other' }), ['two']);
    const filter: JobFilter = { states: ['queued', 'running'], provider: 'acme', limit: 1, order: 'newest' };
    assert.deepEqual(await listed(store, filter), ['three']);
  },

  'a list that is read slowly bears that its records change and end': async (store) => {
    const ids = Array.from({ length: 110 }, (_, index) => `job-${index}`);
    for (const id of ids) await store.create(makeRecord(id));
    const seen: string[] = [];
    for await (const { id } of store.list({ states: ['queued'] })) {
      seen.push(id);
      const leased = await leaseOne(store, { id });
      await commit(store, { ...leased, record: ended(leased.record) }, { release: true });
    }
    assert.deepEqual(seen, ids);
  },
};

async function listed(store: Store, filter?: JobFilter): Promise<string[]> {
  return (await collect(store.list(filter))).map(({ id }) => id);
}
