import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { blocksOf, pages, root } from './markdown.js';

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

/** A command line of a page, its words, and where it stands. */
interface CommandLine {
  place: string;
  words: string[];
}

const commandLines = pages()
  .flatMap(blocksOf)
  .filter(({ language }) => language === 'sh' || language === 'bash')
  .flatMap(({ path, line, code }): CommandLine[] =>
    code
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((text, index) => ({
        place: `${path}:${line + index}`,
        words: text
          .replace(/\s(?:#|\|).*$/, '')
          .trim()
          .split(/\s+/),
      })),
  );

const sluiceLines = commandLines.flatMap(({ place, words }) => {
  const start = words.indexOf('sluice');
  return start === 0 || (start === 1 && words[0] === 'npx') ? [{ place, words: words.slice(start + 1) }] : [];
});

async function help(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(root, 'packages/cli/bin/sluice.js'),
    ...words,
    '--help',
  ]);
  return stdout;
}

function optionsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z0-9-]*/g)].map(([option]) => option))].sort();
}

const subcommands = [...(await help()).matchAll(/^ {2}([a-z]+) .*$/gm)]
  .flatMap(([, name]) => name ?? [])
  .filter((name) => name !== 'help');
const optionsOf = new Map<string, string[]>(
  await Promise.all(subcommands.map(async (name): Promise<[string, string[]]> => [name, optionsIn(await help(name))])),
);

describe('the commands of the pages', () => {
  it('are subcommands and options that there are', () => {
    expect(sluiceLines.length).toBeGreaterThan(5);
    const wrong = sluiceLines.flatMap(({ place, words: [subcommand = '', ...rest] }) => {
      if (subcommand === '' || subcommand.startsWith('-')) return [];
      const known = optionsOf.get(subcommand);
      if (known === undefined) return [`${place}: there is no "sluice ${subcommand}"`];
      const unknown = optionsIn(rest.join(' ')).filter((option) => !known.includes(option));
      return unknown.map((option) => `${place}: "sluice ${subcommand}" has no ${option}`);
    });
    expect(wrong).toEqual([]);
  });

  it('are scripts that package.json has', () => {
    const wrong = commandLines.flatMap(({ place, words }) => {
      const script = words[0] === 'npm' && words[1] === 'run' ? words[2] : undefined;
      return script === undefined || script in scripts ? [] : [`${place}: npm run ${script}`];
    });
    expect(wrong).toEqual([]);
  });

  it('are all explained on the page of the command, and nothing else is', () => {
    const page = readFileSync(join(root, 'docs/command.md'), 'utf8');
    const there = [...new Set([...optionsOf.values()].flat())].filter((option) => option !== '--help').sort();
    expect(optionsIn(page)).toEqual(there);
    for (const name of subcommands) expect(page).toMatch(new RegExp(`^### sluice .*\\b${name}\\b`, 'm'));
  });
});
