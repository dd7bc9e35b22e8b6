import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pageAt, root, tableBelow } from './markdown.js';

/** The columns as the command has them: `{ name: 'source', … }`. */
const source = readFileSync(join(root, 'packages/cli/src/manifest/columns.ts'), 'utf8');

function columnsOf(list: string): string[] {
  const [, body = ''] = new RegExp(`const ${list}[^=]*= \\[(.*?)\\n\\];`, 's').exec(source) ?? [];
  return [...body.matchAll(/name: '([^']+)'/g)].map(([, name = '']) => name);
}

function columnsBelow(heading: string): string[] {
  return tableBelow(pageAt('docs/batch.md'), heading).map((row) => (Object.values(row)[0] ?? '').replaceAll('`', ''));
}

it('the page names every column of a manifest, in the order of the command', () => {
  expect(columnsOf('requestColumns').length).toBeGreaterThan(5);
  expect(columnsBelow('## The manifest')).toEqual([...columnsOf('requestColumns'), ...columnsOf('columnFamilies')]);
});

it('the page names every column of a result, in their order', () => {
  expect(columnsBelow('## The result')).toEqual(columnsOf('resultColumns'));
});
