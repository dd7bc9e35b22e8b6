import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

/** What the linter has no rule for, each with its reason. */
const rules: { name: string; pattern: RegExp }[] = [
  { name: 'casts through unknown', pattern: /\bas unknown as\b/ },
  { name: 'checks switched off', pattern: /@ts-(?:ignore|nocheck)|(?:oxlint|eslint)-disable/ },
  { name: 'things left for later', pattern: /\b(?:TODO|FIXME|XXX)\b/ },
  { name: 'paths of one machine', pattern: /(?:^|[\s'"`(])\/(?:work|root|home)\//m },
];

function sources(): string[] {
  return readdirSync(join(root, 'packages')).flatMap((name) =>
    readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join('packages', name, 'src', file)),
  );
}

describe('house rules', () => {
  it.each(rules)('the sources have no $name', ({ pattern }) => {
    const found = sources().flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n');
      return lines.flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : []));
    });
    expect(found).toEqual([]);
  });
});
