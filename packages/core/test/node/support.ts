import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SluiceError } from '../../src/model/error.js';

const corePath = new URL('../../dist/adapter.js', import.meta.url).href;
const zodPath = import.meta.resolve('zod');

/** A folder of its own for one test, with these files in it. */
export function folderOf(files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-node-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** The source of a module that exports an adapter with one required setting, `apiKey`. */
export function adapterModule(name = 'acme'): string {
  return `
    import { defineAdapter } from '${corePath}';
    import * as z from '${zodPath}';
    export const helper = () => 'not an adapter';
    export const ${name} = defineAdapter({
      name: '${name}',
      settings: z.object({ apiKey: z.string(), region: z.enum(['eu', 'us']).optional() }),
      options: z.object({}),
      capabilities: {
        url: { schemes: ['https'] }, checks: [], cancel: false, webhook: 'none', idempotentStart: false, limits: {},
      },
      create: (settings) => ({
        wire: { baseUrl: 'https://' + settings.apiKey + '.example' },
        start: async () => ({ ref: 1, snapshot: { state: 'queued', rawState: 'queued' } }),
        status: async () => ({ state: 'completed', rawState: 'done', items: [] }),
      }),
    });
    export default ${name};
  `;
}

/** The source of a module that exports a store; \`globalThis.openedStores\` learns what it was opened with. */
export function storeModule(): string {
  return `
    import { defineStore } from '${corePath}';
    import * as z from '${zodPath}';
    export const shelf = defineStore({
      name: 'shelf',
      settings: z.object({ path: z.string().optional() }),
      open: (settings, place) => {
        (globalThis.openedStores ??= []).push({ settings, place });
        return { close: async () => {} };
      },
    });
  `;
}

/** The source of a module that exports a kind of sources: ftp files of `size` bytes. */
export function sourceModule(): string {
  return `
    import { defineSource } from '${corePath}';
    import * as z from '${zodPath}';
    export const shelf = defineSource({
      name: 'shelf',
      schemes: ['ftp'],
      settings: z.object({ size: z.int().default(5) }),
      create: ({ size }) => ({ look: async () => ({ size, fingerprint: 'one' }), open: async () => {} }),
    });
  `;
}

/** The source of a module that exports a staging bucket, or one that a provider imports from. */
export function stagingModule(define: 'defineStaging' | 'defineBucket' = 'defineStaging'): string {
  return `
    import { ${define} } from '${corePath}';
    import * as z from '${zodPath}';
    export const bucket = ${define}({
      name: 'bucket',
      settings: z.object({ bucket: z.string() }),
      create: ({ bucket }) => ({ place: 's3://bucket.example/' + bucket, longestPresignMs: 1 }),
    });
  `;
}

/** An installed package that only ESM can load. */
export function installed(name: string, module: string): Record<string, string> {
  const manifest = { name, version: '1.0.0', type: 'module', exports: { '.': { import: './main.js' } } };
  return { [`node_modules/${name}/package.json`]: JSON.stringify(manifest), [`node_modules/${name}/main.js`]: module };
}

/** The error that a promise or a function ends in, as `code: message`, which must be one line. */
export async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (!SluiceError.is(error)) throw error;
    if (error.message.includes('\n')) throw new Error(`not one line: ${error.message}`);
    return `${error.code}: ${error.message}`;
  }
  throw new Error('it was not refused');
}
