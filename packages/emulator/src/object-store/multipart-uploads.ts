import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { KeptObject } from './kept-object.js';
import { type MeasuredBytes, writeMeasured } from './measured-write.js';
import { compareKeys, isMissing, type ObjectStore } from './object-store.js';
import { S3Error } from './s3-error.js';

const uploadSchema = z.object({
  uploadId: z.string(),
  key: z.string(),
  contentType: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Real time, ms since the epoch. */
  initiatedAt: z.number(),
});

/** A multipart upload that was begun and has not ended. */
export type MultipartUpload = z.infer<typeof uploadSchema>;

const partSchema = z.object({
  number: z.int(),
  size: z.int().nonnegative(),
  /** Hex: its ETag without quotes. */
  md5: z.string(),
  /** Additional checksums that came with it, as headers. */
  checksums: z.record(z.string(), z.string()),
  file: z.string(),
  /** Real time, ms since the epoch. */
  modifiedAt: z.number(),
});

/** A part that arrived. */
export type KeptPart = z.infer<typeof partSchema>;

/** Which upload of which bucket. */
export interface UploadPlace {
  bucket: string;
  key: string;
  uploadId: string;
}

/** A part as the client wants it in the whole. */
export interface ListedPart {
  number: number;
  /** With or without quotes. */
  etag: string;
  /** As headers. */
  checksums: Record<string, string>;
}

/** AWS S3: every part but the last is 5 MiB or more. */
const SMALLEST_PART_BYTES = 5 * 1024 * 1024;

/** Multipart uploads on disk, beside the objects that become of them. No byte is copied when they do. */
export class MultipartUploads {
  readonly #store: ObjectStore;
  /** Parts are replaced one after another, so that two PUTs of one number leave no stray file. */
  #turn: Promise<void> = Promise.resolve();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async create(bucket: string, upload: Omit<MultipartUpload, 'uploadId' | 'initiatedAt'>): Promise<MultipartUpload> {
    const begun = { ...upload, uploadId: randomBytes(48).toString('base64url'), initiatedAt: Date.now() };
    const folder = this.#folder({ bucket, key: upload.key, uploadId: begun.uploadId });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'upload.json'), JSON.stringify(begun));
    return begun;
  }

  /** Throws `NoSuchUpload` unless it is under way, under this key. */
  async get(place: UploadPlace): Promise<MultipartUpload> {
    const upload = await readJson(join(this.#folder(place), 'upload.json'), uploadSchema);
    if (upload?.key !== place.key) throw noSuchUpload();
    return upload;
  }

  /** Those of a bucket, by key and then by age. */
  async list(bucket: string): Promise<MultipartUpload[]> {
    const folder = join(this.#store.folderOf(bucket), 'uploads');
    const ids = await readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const uploads = await Promise.all(ids.map((id) => readJson(join(folder, id, 'upload.json'), uploadSchema)));
    return uploads
      .flatMap((upload) => (upload ? [upload] : []))
      .sort((a, b) => compareKeys(a.key, b.key) || a.initiatedAt - b.initiatedAt);
  }

  /** Takes a part in, in place of one of the same number. Rejects, keeping nothing, when `check` throws. */
  async putPart(
    place: UploadPlace,
    number: number,
    { bytes, sha256, check }: { bytes: AsyncIterable<Buffer>; sha256: boolean; check: CheckPart },
  ): Promise<KeptPart> {
    await this.get(place);
    const file = randomUUID();
    const path = this.#store.pathOfFile(place.bucket, file);
    try {
      const measured = await writeMeasured(bytes, path, { sha256 });
      const checksums = check(measured);
      const { size, md5 } = measured;
      const part: KeptPart = { number, size, md5, checksums, file, modifiedAt: Date.now() };
      const kept = this.#turn.then(() => this.#replacePart(place, part));
      this.#turn = kept.catch(() => {});
      await kept;
      return part;
    } catch (error) {
      await rm(path, { force: true });
      // The upload's folder went while the part came: it was completed or aborted.
      throw isMissing(error) ? noSuchUpload() : error;
    }
  }

  /** The parts that are there, by number. */
  async parts(place: UploadPlace): Promise<KeptPart[]> {
    await this.get(place);
    const names = await readdir(this.#folder(place));
    const read = names
      .filter((name) => /^part-\d+\.json$/.test(name))
      .map((name) => readJson(join(this.#folder(place), name), partSchema));
    const parts = await Promise.all(read);
    return parts.flatMap((part) => (part ? [part] : [])).sort((a, b) => a.number - b.number);
  }

  /** Makes an object of the listed parts and forgets the others. Throws an `S3Error` where AWS would. */
  async complete(place: UploadPlace, listed: readonly ListedPart[]): Promise<KeptObject> {
    const { key, contentType, headers } = await this.get(place);
    const there = await this.parts(place);
    const chosen = choose(there, listed);
    const kept: KeptObject = {
      key,
      size: chosen.reduce((sum, { size }) => sum + size, 0),
      etag: compositeEtag(chosen),
      contentType,
      headers,
      modifiedAt: Date.now(),
      segments: chosen.map(({ file, size }) => ({ file, size })),
    };
    await this.#store.keep(place.bucket, kept);
    await this.#forget(
      place,
      there.filter((part) => !chosen.includes(part)),
    );
    return kept;
  }

  async abort(place: UploadPlace): Promise<void> {
    await this.#forget(place, await this.parts(place));
  }

  async #replacePart(place: UploadPlace, part: KeptPart): Promise<void> {
    const path = join(this.#folder(place), `part-${part.number}.json`);
    const before = await readJson(path, partSchema);
    await writeFile(`${path}.${part.file}`, JSON.stringify(part));
    await rename(`${path}.${part.file}`, path);
    if (before) await this.#store.removeFiles(place.bucket, [before]);
  }

  async #forget(place: UploadPlace, unused: readonly KeptPart[]): Promise<void> {
    await rm(this.#folder(place), { recursive: true, force: true });
    await this.#store.removeFiles(place.bucket, unused);
  }

  #folder({ bucket, uploadId }: UploadPlace): string {
    // An id that was not made here could hold anything.
    const name = /^[\w-]{1,128}$/.test(uploadId) ? uploadId : 'none';
    return join(this.#store.folderOf(bucket), 'uploads', name);
  }
}

type CheckPart = (measured: MeasuredBytes) => Record<string, string>;

function choose(there: readonly KeptPart[], listed: readonly ListedPart[]): KeptPart[] {
  const byNumber = new Map(there.map((part) => [part.number, part]));
  let before = 0;
  const chosen = listed.map(({ number, etag, checksums }) => {
    if (number <= before) throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
    before = number;
    const part = byNumber.get(number);
    if (!part || part.md5 !== etag.replaceAll('"', '') || !agrees(part, checksums)) {
      throw new S3Error(
        'InvalidPart',
        'One or more of the specified parts could not be found. The part may not have been uploaded, or the ' +
          "specified entity tag may not match the part's entity tag.",
      );
    }
    return part;
  });
  if (chosen.slice(0, -1).some(({ size }) => size < SMALLEST_PART_BYTES)) {
    throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return chosen;
}

function agrees({ checksums }: KeptPart, said: Record<string, string>): boolean {
  return Object.entries(said).every(([name, value]) => checksums[name] === undefined || checksums[name] === value);
}

function compositeEtag(parts: readonly KeptPart[]): string {
  const digests = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, 'hex')));
  return `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
}

function noSuchUpload(): S3Error {
  return new S3Error(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  );
}

async function readJson<Result>(path: string, schema: z.ZodType<Result>): Promise<Result | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
