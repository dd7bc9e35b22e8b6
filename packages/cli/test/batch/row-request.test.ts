import { describe, expect, it } from 'vitest';
import { type RowDefaults, requestOf } from '../../src/manifest/row-request.js';

function read(cells: Record<string, string | number | boolean | null | string[]>, defaults: RowDefaults = {}) {
  const adapterOf = (provider: string | undefined) => (provider === 'nobody' ? undefined : 'acme');
  return requestOf({ number: 1, line: 2, cells }, { folder: '/manifests', defaults, adapterOf });
}

const source = 'https://example.com/a.mp4';

describe('the columns of a row', () => {
  it('are the fields of a request', () => {
    const sha256 = 'A'.repeat(64);
    const cells = {
      ...{ source, name: 'n', provider: 'p', key: 'k', size: '7', sha256, priority: '3', if_exists: 'skip' },
      ...{ route: 'direct', 'meta.title': '2024', 'meta.tags': 'sea, sun', 'meta.year': '2024' },
      ...{ 'option.quality': '1080p', 'option.deep.flag': 'true', 'x.mine': 'kept' },
    };
    expect(read(cells)).toEqual({
      ...{ source, name: 'n', provider: 'p', key: 'k', expect: { size: 7, sha256 }, priority: 3, ifExists: 'skip' },
      route: 'direct',
      metadata: { title: '2024', tags: ['sea', 'sun'], year: 2024 },
      options: { acme: { quality: '1080p', deep: { flag: true } } },
    });
  });

  it('stand in place of what the command says of all rows', () => {
    const defaults: RowDefaults = { provider: 'p', priority: 1, metadata: { title: 't' }, options: {} };
    expect(read({ source, priority: '2', 'meta.year': '1' }, defaults)).toEqual({
      ...{ source, provider: 'p', priority: 2, metadata: { title: 't', year: 1 }, options: {} },
    });
  });

  it.each([
    [{}, /^source: is empty/],
    [{ source: '-' }, /^source: standard input/],
    [{ source, size: '1 MB' }, /^size: must be a whole number/],
    [{ source, sha256: 'abc' }, /^sha256: must be 64 hex digits/],
    [{ source, priority: '-1' }, /^priority: must be/],
    [{ source, if_exists: 'maybe' }, /^if_exists: must be one of replace, skip, fail/],
    [{ source, route: 'by foot' }, /^route: must be one of/],
    [{ source, 'option.a': '1', 'option.a.b': '2' }, /^option\.a\.b: a has a value/],
    [{ source, name: 'M\uFFFDnchen' }, /^name: has a character that is no UTF-8; save the file as UTF-8/],
    [{ source: 'not-there.mp4' }, /no file at "\/manifests\/not-there\.mp4"/],
  ])('%j is refused with the column', (cells, message) => {
    expect(() => read(cells)).toThrow(message);
  });
});
