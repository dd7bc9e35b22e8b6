import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { blocksOf, filesOf, type PageFile, pageAt, root } from './markdown.js';

const page = pageAt('docs/writing-an-adapter.md');
const { first, last } = filesOf(page);
const [manifest = '', , configuration = ''] = blocksOf(page)
  .filter(({ language }) => language === 'json')
  .map(({ code }) => code);

/** Where packages of the workspace are found, and nothing that a reader's folder has besides. */
const place = join(root, 'node_modules', '.cache');
const folders: string[] = [];

/** The reader's package, compiled. */
async function build(files: PageFile[]): Promise<string> {
  await mkdir(place, { recursive: true });
  const folder = await mkdtemp(join(place, 'writing-an-adapter-'));
  folders.push(folder);
  await writeFile(join(folder, 'package.json'), manifest);
  for (const { path, block } of files) {
    const { outputText } = ts.transpileModule(block.code, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const file = join(folder, 'dist', path.replace(/\.ts$/, '.js'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, outputText);
  }
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

describe('the adapter that the page has its reader write', () => {
  it.each([
    ['the smallest one', first, 35],
    ['the whole one', last, 45],
  ] as const)('passes the conformance cases: %s', { timeout: 60_000 }, async (_which, files, atLeast) => {
    const folder = await build([...files]);
    const words = ['--test', '--test-reporter=tap', 'dist/test/conformance.test.js'];
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: folder, env: withoutRunner() });
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThanOrEqual(atLeast);
  });

  describe('by the command, from a configuration that names its package', () => {
    let folder = '';
    let provider: { baseUrl: string; close: () => void };

    beforeAll(async () => {
      folder = await build(last);
      provider = await serve(folder);
      const read = z.object({ providers: z.record(z.string(), z.looseObject({})) }).parse(JSON.parse(configuration));
      const { acme } = read.providers;
      const settings = { ...read, providers: { acme: { ...acme, baseUrl: provider.baseUrl } } };
      await writeFile(join(folder, 'sluice.config.json'), JSON.stringify(settings));
      await writeFile(join(folder, 'clip.mp4'), new Uint8Array(1_000));
      await writeFile(join(folder, 'film.mp4'), new Uint8Array(5_500));
    }, 30_000);

    afterAll(() => provider.close());

    it.each([
      ['a URL', 'https://media.example/clip.mp4'],
      ['a file in a form', 'clip.mp4'],
      ['a file in parts', 'film.mp4'],
    ])('imports %s', async (_what, source) => {
      const words = [join(root, 'packages/cli/bin/sluice.js'), 'import', source, '--json', '--option', 'folder=summer'];
      const env = { ...process.env, ACME_KEY: 'a-key' };
      const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: folder, env });
      const lines = stdout.trim().split('\n');
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
        type: 'job',
        job: { state: 'completed', provider: 'acme' },
      });
    });
  });
});

/** The page's provider, on a free port. */
async function serve(folder: string): Promise<{ baseUrl: string; close: () => void }> {
  const program = `
    const { provider } = await import('./dist/test/provider.js');
    provider.listen(0, '127.0.0.1', () => console.log(provider.address().port));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
  const [port] = await new Promise<[string]>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve([String(chunk).trim()]));
    child.once('exit', () => reject(new Error('the provider of the page did not start')));
  });
  return { baseUrl: `http://127.0.0.1:${port}`, close: () => void child.kill() };
}

/** A runner that runs within another one reports to it. */
function withoutRunner(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  return env;
}
