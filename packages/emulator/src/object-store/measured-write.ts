import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** What was found of bytes while they were read. */
export interface MeasuredBytes {
  size: number;
  /** Hex. */
  md5: string;
  /** Hex; empty unless it was asked for. */
  sha256: string;
}

/** Enough for few system calls, little enough for very many uploads at once. */
const GATHER_BYTES = 1024 * 1024;

/**
 * Writes bytes to a file that must not be there yet, measuring them. Pieces are gathered, and one batch is written while
 * the next comes in, so that memory stays flat whatever the size.
 */
export async function writeMeasured(
  bytes: AsyncIterable<Buffer>,
  path: string,
  { sha256: wanted }: { sha256: boolean },
): Promise<MeasuredBytes> {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let size = 0;
  const handle = await open(path, 'wx');
  const batches = new Batches(handle);
  try {
    for await (const piece of bytes) {
      md5.update(piece);
      if (wanted) sha256.update(piece);
      size += piece.length;
      await batches.add(piece);
    }
    await batches.end();
  } finally {
    await batches.settled();
    await handle.close();
  }
  return { size, md5: md5.digest('hex'), sha256: wanted ? sha256.digest('hex') : '' };
}

class Batches {
  readonly #handle: FileHandle;
  #pieces: Buffer[] = [];
  #length = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async add(piece: Buffer): Promise<void> {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length >= GATHER_BYTES) await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  /** Resolves when nothing is written any more, well or badly. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => {});
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#length = 0;
    if (pieces.length === 0) return;
    this.#writing = writeAll(this.#handle, Buffer.concat(pieces));
    // Awaited at the next flush; until then a rejection must not count as nobody's.
    this.#writing.catch(() => {});
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, offset);
    offset += bytesWritten;
  }
}
