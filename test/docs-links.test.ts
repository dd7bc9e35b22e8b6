import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, type Page, pages, proseOf, root } from './markdown.js';

const all = pages();

/** The targets of a page's links and pictures. */
function targetsOf(page: Page): string[] {
  const prose = proseOf(page);
  const inline = [...prose.matchAll(/\]\(([^()\s]+)(?: "[^"]*")?\)/g)];
  const html = [...prose.matchAll(/(?:href|src)="([^"]+)"/g)];
  return [...inline, ...html].flatMap(([, target]) => target ?? []);
}

function isBroken(page: Page, target: string): boolean {
  if (/^(?:https?|mailto):/.test(target)) return false;
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page.path : normalize(join(dirname(page.path), decodeURIComponent(file)));
  if (path.startsWith('..') || !existsSync(join(root, path))) return true;
  if (anchor === undefined) return false;
  const there = all.find((one) => one.path === path);
  return there === undefined || !anchorsOf(there).has(anchor);
}

describe('the links of the pages', () => {
  it.each(all.map((page) => [page.path, page] as const))('lead somewhere in %s', (_path, page) => {
    expect(targetsOf(page).filter((target) => isBroken(page, target))).toEqual([]);
  });

  it('lead to every page of docs/ from its start page', () => {
    const reached = new Set<string>();
    const follow = (path: string) => {
      const page = all.find((one) => one.path === path);
      if (page === undefined || reached.has(path)) return;
      reached.add(path);
      for (const target of targetsOf(page)) follow(normalize(join(dirname(path), target.split('#')[0] ?? '')));
    };
    follow('docs/README.md');
    expect(all.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([]);
  });
});
