import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import * as z from 'zod';

const resultSchema = z.object({ modules: z.array(z.string()), asked: z.array(z.string()), outcome: z.json() });

it('under the default conditions the package runs without Node, its whole graph of modules too', async () => {
  const script = fileURLToPath(new URL('fixtures/edge-runtime.mjs', import.meta.url));
  const flags = ['--experimental-vm-modules', '--no-warnings'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script]);
  const { modules, asked, outcome } = resultSchema.parse(JSON.parse(stdout));
  const names = modules.map((url) => url.replace(/^.*\/(?:packages|node_modules)\//, ''));
  expect(names).toEqual(
    expect.arrayContaining(['core/dist/index.js', 'core/dist/adapter.js', 'core/dist/platform/web.js', 'zod/index.js']),
  );
  expect(names.some((name) => name.startsWith('ky/'))).toBe(true);
  expect(names.some((name) => name.startsWith('ipaddr.js/'))).toBe(true);
  expect(names.filter((name) => /^undici\/|platform\/node|\/node\//.test(name))).toEqual([]);
  expect(asked).toEqual(['POST /import', 'GET /status', 'POST /import']);
  expect(outcome).toEqual({
    state: 'completed',
    items: 1,
    refused: 'invalid-request',
    guarded: expect.stringContaining('network.allowPrivateAddresses'),
  });
});
