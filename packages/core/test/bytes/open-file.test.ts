import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openFile } from '../../src/platform/node-bytes/open-file.js';

async function fileOf(content: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'open-file-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'film.mov');
  await writeFile(path, content);
  return path;
}

it('lets reads that are under way end before the file is closed: its number may be another file at once', async () => {
  const size = 8 * 1024 * 1024;
  const bytes = await openFile(await fileOf(new Uint8Array(size).fill(7)));
  const reads = Array.from({ length: 16 }, async (_, at) => {
    const target = new Uint8Array(size / 16);
    const length = await bytes.read(target, at * target.byteLength);
    return { length, right: target.every((byte) => byte === 7) };
  });
  await Promise.all([bytes.close(), bytes.close()]);
  expect(await Promise.all(reads)).toEqual(reads.map(() => ({ length: size / 16, right: true })));
});

it('rejects a read of what is closed', async () => {
  const bytes = await openFile(await fileOf(new Uint8Array(10)));
  await bytes.close();
  await expect(bytes.read(new Uint8Array(10), 0)).rejects.toThrow(/EBADF|out of range/);
});
