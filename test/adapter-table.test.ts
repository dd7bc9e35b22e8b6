import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from './markdown.js';

it('the page of the adapters says what they can do, as their capabilities have it', async () => {
  const script = join(root, 'scripts/adapter-table.mjs');
  await expect(promisify(execFile)(process.execPath, [script], { cwd: root })).resolves.toMatchObject({ stderr: '' });
});
