import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { openConfiguration, readConfiguration } from '@sluice/core/node';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { type Block, blocksOf, filesOf, pages, root } from './markdown.js';

/** CONTRIBUTING is for people who work on the code and shows fragments. */
const blocks = pages()
  .filter(({ path }) => path !== 'CONTRIBUTING.md')
  .flatMap(blocksOf);
const programs = blocks.filter(({ language }) => language === 'ts');

/** What the start page says of all pages: `sluice` is a client and `job` a job, where an example makes none. */
const known = {
  sluice: "declare const sluice: import('@sluice/core').Sluice;",
  job: "declare const job: import('@sluice/core').ImportJob;",
};

function preludeOf(code: string): string {
  const makes = (name: string) =>
    new RegExp(`(?:const|let) (?:${name}\\b|\\{[^}]*\\b${name}\\b)|\\b${name}: `).test(code);
  return Object.entries(known)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(code) && !makes(name))
    .map(([, declaration]) => declaration)
    .concat('export {};')
    .join(' ');
}

interface Virtual {
  block: Block;
  text: string;
}

/** Each block as a module of its own, in the place of a file beside this one; blocks that are files of one program in a folder of its own. */
const virtual = new Map<string, Virtual>([
  ...pages().flatMap((page) =>
    Object.entries(filesOf(page)).flatMap(([stage, files]) =>
      files.map(({ path, block }): [string, Virtual] => [
        join(root, 'test', `${nameOf(page.path)}-${stage}`, path),
        { block, text: `\n${block.code}` },
      ]),
    ),
  ),
  ...programs
    .filter(({ code }) => !/^\/\/ \S+\.ts\n/.test(code))
    .map((block, index): [string, Virtual] => [
      join(root, 'test', `${nameOf(block.path)}-${index}.ts`),
      { block, text: `${preludeOf(block.code)}\n${block.code}` },
    ]),
]);
const folders = new Set([...virtual.keys()].flatMap((file) => [dirname(file), dirname(dirname(file))]));

function nameOf(path: string): string {
  return path.replace(/\W+/g, '-');
}

function faultsOfTypes(): string[] {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, directoryExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => virtual.has(name) || fileExists(name);
  host.directoryExists = (name) => folders.has(name) || directoryExists?.(name) === true;
  host.readFile = (name) => virtual.get(name)?.text ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const text = virtual.get(name)?.text;
    return text === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, text, rest[0]);
  };
  host.getCurrentDirectory = () => root;
  const program = ts.createProgram({ rootNames: [...virtual.keys()], options, host });
  return ts.getPreEmitDiagnostics(program).map(describeFault);
}

function describeFault({ file, start = 0, messageText }: ts.Diagnostic): string {
  const said = ts.flattenDiagnosticMessageText(messageText, ' ');
  if (file === undefined) return said;
  const { line } = file.getLineAndCharacterOfPosition(start);
  const block = virtual.get(file.fileName)?.block;
  return block === undefined
    ? `${file.fileName}:${line + 1}: ${said}`
    : `${block.path}:${block.line + line - 1}: ${said}`;
}

/** Programs that bring their own provider can be run as they stand. */
const runnable = programs.filter(({ code }) => code.includes("'@sluice/emulator'"));

async function run({ code }: Block): Promise<string> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', outputText], {
    cwd: root,
    timeout: 60_000,
  });
  return stdout;
}

describe('the examples', () => {
  const names = readdirSync(join(root, 'examples')).filter((name) =>
    existsSync(join(root, 'examples', name, 'main.js')),
  );
  const { IMPORTLY_API_KEY: _key, IMPORTLY_BASE_URL: _url, SOURCE_URL: _source, ...env } = process.env;

  it.each(names)('run without an account: %s', async (name) => {
    const cwd = join(root, 'examples', name);
    const { stdout } = await promisify(execFile)(process.execPath, ['main.js'], { cwd, env, timeout: 60_000 });
    expect(stdout).toMatch(/(http:\/\/127\.0\.0\.1:\d+)?\/.*\.mp4/);
  });
});

describe('the code of the pages', () => {
  it('has the right types', { timeout: 60_000 }, () => {
    expect(programs.length).toBeGreaterThan(10);
    expect(faultsOfTypes()).toEqual([]);
  });

  it.each(runnable.map((block) => [`${block.path}:${block.line}`, block] as const))(
    'runs: %s',
    async (_place, block) => {
      expect(await run(block)).not.toBe('');
    },
  );

  it.each(
    blocks
      // The package of that page is made by a test of its own.
      .filter(({ language, path }) => language === 'json' && path !== 'docs/writing-an-adapter.md')
      .map((block) => [`${block.path}:${block.line}`, block] as const),
  )('is JSON: %s', async (_place, { code }) => {
    const value: unknown = JSON.parse(code);
    if (typeof value !== 'object' || value === null || !('providers' in value)) return;
    const folder = await mkdtemp(join(tmpdir(), 'sluice-docs-'));
    try {
      const file = join(folder, 'sluice.config.json');
      await writeFile(file, code);
      const names = [...code.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
      const configuration = await readConfiguration(file, Object.fromEntries(names.map((name) => [name, 'a-key'])));
      expect(Object.keys((await openConfiguration(configuration, { packagesFrom: [root] })).providers)).not.toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
