import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import type { ByteRange } from '../server/byte-range.js';

/** What is known of a kept object. */
const keptObject = z.object({
  key: z.string(),
  size: z.int().nonnegative(),
  /** Hex. */
  sha256: z.string(),
  /** Hex; the ETag of an object that was put in one piece. */
  md5: z.string(),
  contentType: z.string(),
  /** Headers that came with the object and go out with it: x-amz-meta-*, cache-control, checksums and the like. */
  headers: z.record(z.string(), z.string()),
  /** Real time, ms since the epoch. */
  modifiedAt: z.number(),
  /** The name of the file that holds the bytes. */
  file: z.string(),
});

/** What is known of a kept object. */
export type KeptObject = z.infer<typeof keptObject>;

/** An object that is open for reading. */
export interface OpenObject {
  kept: KeptObject;
  /** The bytes, or a part of them. Once only. */
  read(range?: ByteRange): Readable;
  /** To be called in any case, also after `read` came to its end. */
  close(): Promise<void>;
}

/** What was found of bytes while they were read. */
export type MeasuredBytes = Pick<KeptObject, 'size' | 'sha256' | 'md5'>;

/** An object to be kept. */
export interface NewObject {
  bucket: string;
  key: string;
  bytes: Readable;
  contentType: string;
  headers?: Record<string, string>;
  /**
   * Is told what was read. It may refuse it by throwing, and nothing is kept then; what it answers is kept with the
   * other headers.
   */
  check?: (measured: MeasuredBytes) => Record<string, string>;
}

/**
 * Objects in buckets, on disk. A put is atomic: bytes go to a file of their own, and one rename of the small record
 * beside it makes them visible, so that a reader finds the old object or the new one, whole.
 */
export class ObjectStore {
  readonly #directory: string;
  /** Records are replaced one after another, so that two puts of one key leave no stray file. */
  #turn: Promise<void> = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async createBucket(bucket: string): Promise<void> {
    await mkdir(join(this.#bucket(bucket), 'data'), { recursive: true });
    await mkdir(join(this.#bucket(bucket), 'records'), { recursive: true });
  }

  async hasBucket(bucket: string): Promise<boolean> {
    try {
      return (await stat(join(this.#bucket(bucket), 'records'))).isDirectory();
    } catch {
      return false;
    }
  }

  /** Reads `bytes` to their end, measuring them. Rejects, keeping nothing, when the stream fails or `check` throws. */
  async put({ bucket, key, bytes, contentType, headers = {}, check }: NewObject): Promise<KeptObject> {
    const file = randomUUID();
    const path = this.#data(bucket, file);
    try {
      const measured = await writeMeasured(bytes, path);
      const found = check?.(measured);
      const kept = { key, ...measured, contentType, headers: { ...headers, ...found }, modifiedAt: Date.now(), file };
      await this.#inTurn(() => this.#replaceRecord(bucket, kept));
      return kept;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** The object's record, or `undefined` where there is none. */
  async head(bucket: string, key: string): Promise<KeptObject | undefined> {
    try {
      return keptObject.parse(JSON.parse(await readFile(this.#record(bucket, key), 'utf8')));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Opens the object for reading; `undefined` where there is none. What was opened stays readable when replaced. */
  async open(bucket: string, key: string): Promise<OpenObject | undefined> {
    for (;;) {
      const kept = await this.head(bucket, key);
      if (!kept) return undefined;
      const handle = await openIfThere(this.#data(bucket, kept.file));
      // No file: the object was replaced or removed between the two reads, so look again.
      if (handle) return openObject(kept, handle);
    }
  }

  /** Where the object's bytes lie, for readers that want a file. */
  pathOf(bucket: string, kept: KeptObject): string {
    return this.#data(bucket, kept.file);
  }

  /** Removes the object; one that isn't there is no error. */
  delete(bucket: string, key: string): Promise<void> {
    return this.#inTurn(async () => {
      const kept = await this.head(bucket, key);
      if (!kept) return;
      await rm(this.#record(bucket, key), { force: true });
      await rm(this.#data(bucket, kept.file), { force: true });
    });
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #replaceRecord(bucket: string, kept: KeptObject): Promise<void> {
    const before = await this.head(bucket, kept.key);
    const record = this.#record(bucket, kept.key);
    const fresh = `${record}.${kept.file}`;
    await writeFile(fresh, JSON.stringify(kept));
    await rename(fresh, record);
    if (before) await rm(this.#data(bucket, before.file), { force: true });
  }

  #bucket(bucket: string): string {
    return join(this.#directory, fileNameFor(bucket));
  }

  #data(bucket: string, file: string): string {
    return join(this.#bucket(bucket), 'data', file);
  }

  #record(bucket: string, key: string): string {
    return join(this.#bucket(bucket), 'records', `${fileNameFor(key)}.json`);
  }
}

/** Keys may hold anything, slashes and dots included, and be longer than a file name may be. */
function fileNameFor(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function openObject(kept: KeptObject, handle: FileHandle): OpenObject {
  return {
    kept,
    read: (range) => handle.createReadStream({ highWaterMark: 512 * 1024, ...range }),
    close: () => handle.close(),
  };
}

async function writeMeasured(bytes: Readable, path: string): Promise<MeasuredBytes> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  let size = 0;
  await pipeline(
    bytes,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        sha256.update(chunk);
        md5.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path, { flags: 'wx' }),
  );
  return { size, sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
