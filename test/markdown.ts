import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's folder, absolute. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/** A page, by its path within the workspace. */
export interface Page {
  path: string;
  text: string;
}

/** A fenced block of a page. */
export interface Block {
  path: string;
  /** Of the first line of code, from 1. */
  line: number;
  /** Such as `ts`; empty where none is named. */
  language: string;
  code: string;
}

/** Every page that was written for readers: neither changesets nor API reports. */
export function pages(): Page[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) =>
        path.endsWith('.md') &&
        !path.endsWith('.api.md') &&
        !/(?:^|\/)(?:node_modules|dist|coverage|\.[^/]+|CHANGELOG\.md)(?:\/|$)/.test(path),
    )
    .sort()
    .map(pageAt);
}

/** One page, by its path within the workspace. */
export function pageAt(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** The fenced blocks of a page. */
export function blocksOf({ path, text }: Page): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(\S*)/.exec(line);
    if (fence === null) {
      if (open !== undefined) open.code += `${line}\n`;
    } else if (open === undefined) {
      open = { path, line: index + 2, language: fence[1] ?? '', code: '' };
    } else {
      blocks.push(open);
      open = undefined;
    }
  }
  return blocks;
}

/** A page without its fenced blocks and its code spans, line for line. */
export function proseOf({ text }: Page): string {
  const blank = (code: string) => code.replace(/[^\n]/g, ' ');
  return text.replace(/^```[\s\S]*?^```/gm, blank).replace(/`[^`\n]*`/g, blank);
}

/** The anchors that GitHub gives to a page's headings. */
export function anchorsOf(page: Page): Set<string> {
  const withoutBlocks = page.text.replace(/^```[\s\S]*?^```/gm, '');
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutBlocks.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** A table of a page: the rows below the heading that is named, each cell without its code marks. */
export function tableBelow({ path, text }: Page, heading: string): Record<string, string>[] {
  const lines = text.split('\n');
  const from = lines.indexOf(heading);
  const first = lines.findIndex((line, index) => index > from && line.startsWith('|'));
  if (from < 0 || first < 0) throw new Error(`${path} has no table below "${heading}"`);
  const end = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  const [head = [], , ...rows] = lines.slice(first, end < 0 ? undefined : end).map((line) =>
    line
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
  return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

/** A file that a page has its reader write: a block whose first line is a comment with the file's path. */
export interface PageFile {
  path: string;
  block: Block;
}

/**
 * The files of a page, in two stages: as each of them stands there first, and as it stands there last, where the page comes back to it.
 * Without such files, both are empty.
 */
export function filesOf(page: Page): { first: PageFile[]; last: PageFile[] } {
  const files = blocksOf(page).flatMap((block): PageFile[] => {
    const [, path] = /^\/\/ (\S+\.ts)\n/.exec(block.code) ?? [];
    return path === undefined ? [] : [{ path, block }];
  });
  const again = files.findIndex(({ path }, index) => files.slice(0, index).some((earlier) => earlier.path === path));
  const first = again < 0 ? files : files.slice(0, again);
  return { first, last: [...new Map(files.map((file) => [file.path, file])).values()] };
}
