import { describe, expect, test } from 'vitest';
import type { ImportLists } from '../src/import-shapes.js';
import { importSnapshot } from '../src/import-snapshot.js';
import type { ImportMemo } from '../src/references.js';
import { failedFile, listed } from './samples.js';

const memo: ImportMemo = {
  videos: [
    { id: 'video-1', name: 'a.mp4' },
    { id: 'video-2', name: 'b.mp4' },
  ],
  refused: [{ name: 'c.mp4', message: 'too short' }],
  since: Date.parse('2026-01-01T00:00:00Z'),
};

function refs({ items = [] }: { items?: { ref: string; ok: boolean }[] }) {
  return items.map(({ ref, ok }) => `${ref} ${ok}`);
}

describe('the lists of a status', () => {
  test.each<[string, ImportLists]>([
    ['missing', {}],
    [
      'null',
      { validating: null, pending: null, queued: null, indexing: null, ready: null, failed: null, not_imported: null },
    ],
    ['empty', { validating: [], ready: [], failed: [] }],
  ])('may all be %s: the files are on their way', (_how, lists) => {
    expect(importSnapshot(memo, lists)).toEqual({
      state: 'running',
      rawState: 'accepted',
      items: [{ ok: false, ref: 'c.mp4', message: 'too short' }],
      progress: { done: 1, total: 3, unit: 'items' },
    });
  });

  test('hold files of other imports, which are none of this one', () => {
    const lists = { ready: [...(listed('ready').ready ?? []), ...(listed('ready', 'z.mp4', 'video-9').ready ?? [])] };
    expect(refs(importSnapshot(memo, lists))).toEqual(['c.mp4 false', 'a.mp4 true']);
  });

  test('name failed files without their ids: those of an earlier import are not taken for ours', () => {
    const before = failedFile('b.mp4', 'broken long ago', '2025-12-31T23:59:59Z');
    expect(refs(importSnapshot(memo, { ...listed('ready'), failed: [before] }))).toEqual(['c.mp4 false', 'a.mp4 true']);
    const now = failedFile('b.mp4', 'broken now');
    const seen = importSnapshot(memo, { ...listed('ready'), failed: [before, now] });
    expect(seen).toMatchObject({
      state: 'completed',
      items: [{}, {}, { ok: false, ref: 'b.mp4', message: 'broken now' }],
    });
  });

  test('a file that is on its way again is not failed, whatever an old entry says', () => {
    const seen = importSnapshot(memo, {
      ...listed('ready'),
      ...listed('indexing', 'b.mp4', 'video-2'),
      failed: [failedFile('b.mp4', 'x')],
    });
    expect(seen).toMatchObject({ state: 'running', rawState: 'indexing', progress: { done: 2, total: 3 } });
  });

  test('two files of one name, in two folders, are two items with an outcome of their own', () => {
    const twice: ImportMemo = {
      videos: [
        { id: 'video-1', name: 'a.mp4' },
        { id: 'video-2', name: 'a.mp4' },
        { id: 'video-3', name: 'a.mp4' },
      ],
      refused: [],
    };
    const seen = importSnapshot(twice, {
      ...listed('ready', 'a.mp4', 'video-2'),
      failed: [failedFile('a.mp4', 'x'), failedFile('a.mp4', 'y')],
    });
    expect(refs(seen)).toEqual(['a.mp4 false', 'a.mp4 (2) true', 'a.mp4 (3) false']);
  });
});
