import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const manifest = z.object({ name: z.string(), private: z.boolean().optional() });

function publicPackages(): { name: string; folder: string }[] {
  return readdirSync(fileURLToPath(new URL('packages', root))).flatMap((folder) => {
    const { name, private: hidden } = manifest.parse(JSON.parse(read(`packages/${folder}/package.json`)));
    return hidden ? [] : [{ name, folder: `packages/${folder}` }];
  });
}

describe('changesets', () => {
  it('reads the same configuration from the top of the repository and from .changeset', () => {
    expect(read('.changeset/config.json')).toBe(read('changeset.config.json'));
  });

  it('announces every public package that has no changelog yet', () => {
    const changesets = readdirSync(fileURLToPath(new URL('.changeset', root)))
      .filter((file) => file.endsWith('.md') && file !== 'README.md')
      .map((file) => read(`.changeset/${file}`));
    for (const { name, folder } of publicPackages()) {
      const released = readdirSync(fileURLToPath(new URL(folder, root))).includes('CHANGELOG.md');
      const announced = changesets.some((text) => text.startsWith('---\n') && text.includes(`\n"${name}": `));
      expect(released || announced, `${name} needs a changeset: npm run changeset`).toBe(true);
    }
  });
});
