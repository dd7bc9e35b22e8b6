import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ByteRange } from '../server/byte-range.js';
import { type DigestedObject, type KeptObject, keptObjectSchema, type Segment } from './kept-object.js';
import { type MeasuredBytes, writeMeasured } from './measured-write.js';
import { digestSegments, readSegments } from './segments.js';

/** An object that is open for reading. */
export interface OpenObject {
  kept: KeptObject;
  /** The bytes, or a part of them. */
  read(range?: ByteRange): Readable;
  /** To be called in any case, also after `read` came to its end. */
  close(): Promise<void>;
}

/** An object to be kept. */
export interface NewObject {
  bucket: string;
  key: string;
  bytes: AsyncIterable<Buffer>;
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
  /** Records are read for keeps and replaced one after another, so that no file is removed under a reader. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Files that are being read, and how often; those among `#doomed` go when the last reader does. */
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async createBucket(bucket: string): Promise<void> {
    await mkdir(join(this.folderOf(bucket), 'data'), { recursive: true });
    await mkdir(join(this.folderOf(bucket), 'records'), { recursive: true });
  }

  async hasBucket(bucket: string): Promise<boolean> {
    try {
      return (await stat(join(this.folderOf(bucket), 'records'))).isDirectory();
    } catch {
      return false;
    }
  }

  /** Reads `bytes` to their end, measuring them. Rejects, keeping nothing, when the stream fails or `check` throws. */
  async put({ bucket, key, bytes, contentType, headers = {}, check }: NewObject): Promise<DigestedObject> {
    const file = randomUUID();
    const path = this.pathOfFile(bucket, file);
    try {
      const { size, md5, sha256 } = await writeMeasured(bytes, path, { sha256: true });
      const found = check?.({ size, md5, sha256 });
      const whole = { size, etag: md5, sha256, segments: [{ file, size }] };
      const kept = { key, contentType, headers: { ...headers, ...found }, modifiedAt: Date.now(), ...whole };
      await this.keep(bucket, kept);
      return kept;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Makes an object of files that are in the bucket's data already. */
  keep(bucket: string, kept: KeptObject): Promise<void> {
    return this.#inTurn(() => this.#replaceRecord(bucket, kept));
  }

  /** The object's record, or `undefined` where there is none. */
  async head(bucket: string, key: string): Promise<KeptObject | undefined> {
    return this.#readRecord(this.#record(bucket, key));
  }

  /** Opens the object for reading; `undefined` where there is none. What was opened stays readable when replaced. */
  async open(bucket: string, key: string): Promise<OpenObject | undefined> {
    const kept = await this.#inTurn(async () => {
      const found = await this.head(bucket, key);
      for (const { file } of found?.segments ?? []) this.#readers.set(file, (this.#readers.get(file) ?? 0) + 1);
      return found;
    });
    if (!kept) return undefined;
    return {
      kept,
      read: (range = { start: 0, end: kept.size - 1 }) =>
        readSegments((file) => this.pathOfFile(bucket, file), kept.segments, range),
      close: () => this.#release(bucket, kept.segments),
    };
  }

  /** The sha-256 in hex of what is kept; `undefined` where there is no such object. */
  async digest(bucket: string, key: string): Promise<string | undefined> {
    const object = await this.open(bucket, key);
    if (!object) return undefined;
    const { kept } = object;
    try {
      const sha256 = kept.sha256 ?? (await digestSegments((file) => this.pathOfFile(bucket, file), kept.segments));
      if (kept.sha256 === undefined) await this.#inTurn(() => this.#addDigest(bucket, kept, sha256));
      return sha256;
    } finally {
      await object.close();
    }
  }

  /** What is in a bucket, in the order of the keys' UTF-8 bytes. */
  async list(bucket: string): Promise<KeptObject[]> {
    const folder = join(this.folderOf(bucket), 'records');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    const records = await Promise.all(names.map((name) => this.#readRecord(join(folder, name))));
    return records.flatMap((kept) => (kept ? [kept] : [])).sort((a, b) => compareKeys(a.key, b.key));
  }

  /** Where the bytes of an object that was put in one piece lie, for readers that want a file. */
  pathOf(bucket: string, { segments: [only] }: DigestedObject): string {
    if (!only) throw new Error('the object has no file');
    return this.pathOfFile(bucket, only.file);
  }

  /** Removes the object; one that isn't there is no error. */
  delete(bucket: string, key: string): Promise<void> {
    return this.#inTurn(async () => {
      const kept = await this.head(bucket, key);
      if (!kept) return;
      await rm(this.#record(bucket, key), { force: true });
      await this.removeFiles(bucket, kept.segments);
    });
  }

  /** Where a bucket's things lie. */
  folderOf(bucket: string): string {
    return join(this.#directory, fileNameFor(bucket));
  }

  pathOfFile(bucket: string, file: string): string {
    return join(this.folderOf(bucket), 'data', file);
  }

  /** Removes files now, or when their last reader is done. */
  async removeFiles(bucket: string, segments: readonly Segment[]): Promise<void> {
    for (const { file } of segments) {
      if (this.#readers.has(file)) this.#doomed.add(file);
      else await rm(this.pathOfFile(bucket, file), { force: true });
    }
  }

  async #release(bucket: string, segments: readonly Segment[]): Promise<void> {
    const unread = segments.filter(({ file }) => {
      const left = (this.#readers.get(file) ?? 1) - 1;
      if (left > 0) this.#readers.set(file, left);
      else this.#readers.delete(file);
      return left === 0 && this.#doomed.delete(file);
    });
    await this.removeFiles(bucket, unread);
  }

  async #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #readRecord(path: string): Promise<KeptObject | undefined> {
    try {
      return keptObjectSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #replaceRecord(bucket: string, kept: KeptObject): Promise<void> {
    const before = await this.head(bucket, kept.key);
    await this.#writeRecord(bucket, kept);
    if (before) await this.removeFiles(bucket, before.segments);
  }

  /** Unless the object has been replaced meanwhile. */
  async #addDigest(bucket: string, kept: KeptObject, sha256: string): Promise<void> {
    const now = await this.head(bucket, kept.key);
    if (now?.segments[0]?.file === kept.segments[0]?.file) await this.#writeRecord(bucket, { ...kept, sha256 });
  }

  async #writeRecord(bucket: string, kept: KeptObject): Promise<void> {
    const record = this.#record(bucket, kept.key);
    const fresh = `${record}.fresh`;
    await writeFile(fresh, JSON.stringify(kept));
    await rename(fresh, record);
  }

  #record(bucket: string, key: string): string {
    return join(this.folderOf(bucket), 'records', `${fileNameFor(key)}.json`);
  }
}

/** The order of S3: by UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Keys may hold anything, slashes and dots included, and be longer than a file name may be. */
function fileNameFor(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** Whether an error says that a file is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
