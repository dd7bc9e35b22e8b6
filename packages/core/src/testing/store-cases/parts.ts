import assert from 'node:assert/strict';
import { makeRecord, type StoreBehaviours } from './kit.js';

export const partBehaviours: StoreBehaviours = {
  'parts come in the order of their numbers, job by job': async (store) => {
    await store.create(makeRecord('one'));
    const part = (number: number) => ({ number, etag: `"etag-${number}"`, size: 5 * 2 ** 30 });
    await Promise.all([10, 2, 1].map((number) => store.appendPart('one', part(number))));
    await store.appendPart('two', part(3));
    assert.deepEqual(await store.parts('one'), [part(1), part(2), part(10)]);
    assert.deepEqual(await store.parts('two'), [part(3)]);
    assert.deepEqual(await store.parts('three'), []);
  },

  'a part that is sent again replaces the first': async (store) => {
    const first = { number: 1, etag: '"a"', size: 1 };
    await store.appendPart('one', first);
    first.etag = 'changed';
    assert.deepEqual(await store.parts('one'), [{ number: 1, etag: '"a"', size: 1 }]);
    await store.appendPart('one', { number: 1, etag: '"b"', size: 2 });
    assert.deepEqual(await store.parts('one'), [{ number: 1, etag: '"b"', size: 2 }]);
  },

  'parts that are cleared are gone, and only those': async (store) => {
    await store.appendPart('one', { number: 1, etag: '"a"', size: 1 });
    await store.appendPart('two', { number: 1, etag: '"b"', size: 1 });
    await store.clearParts('one');
    assert.deepEqual(await store.parts('one'), []);
    assert.equal((await store.parts('two')).length, 1);
    await store.appendPart('one', { number: 2, etag: '"c"', size: 1 });
    assert.deepEqual(await store.parts('one'), [{ number: 2, etag: '"c"', size: 1 }]);
  },
};
