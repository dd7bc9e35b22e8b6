import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const blockSize = 1024 * 1024;

/** What is uploaded: files of any size, whole and in pieces, all of it in the system's cache. */
export class Files {
  readonly #folder: string;
  readonly #made = new Map<string, Promise<string>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A file of so many bytes. */
  whole(size: number): Promise<string> {
    return this.#once(`whole-${size}`, async (path) => {
      const block = randomBytes(blockSize);
      const handle = await open(path, 'w');
      try {
        for (let left = size; left > 0; left -= blockSize) await handle.write(block, 0, Math.min(blockSize, left));
      } finally {
        await handle.close();
      }
    });
  }

  /** A file of so many bytes that takes no room on the disk: all of them are zero. */
  hollow(size: number): Promise<string> {
    return this.#once(`hollow-${size}`, async (path) => {
      const handle = await open(path, 'w');
      await handle.truncate(size);
      await handle.close();
    });
  }

  /** The same bytes as a whole file has, split into parts; for clients that cannot send a part of a file. In order. */
  async pieces({ size, partSize }: { size: number; partSize: number }): Promise<string[]> {
    const whole = await this.whole(size);
    const folder = await this.#once(`pieces-${size}-${partSize}`, async (path) => {
      await mkdir(path);
      await promisify(execFile)('split', ['-b', String(partSize), '-d', '-a', '5', whole, join(path, 'part-')]);
    });
    return (await readdir(folder)).sort().map((name) => join(folder, name));
  }

  /** Lets go of all pieces: they take as much room as the whole. */
  async dropPieces(): Promise<void> {
    for (const [name, path] of this.#made) {
      if (!name.startsWith('pieces-')) continue;
      this.#made.delete(name);
      await rm(await path, { recursive: true, force: true });
    }
  }

  #once(name: string, make: (path: string) => Promise<void>): Promise<string> {
    const path = join(this.#folder, name);
    const made = this.#made.get(name) ?? make(path).then(() => path);
    this.#made.set(name, made);
    return made;
  }
}
