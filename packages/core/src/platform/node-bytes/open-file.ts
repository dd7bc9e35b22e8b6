import { type BigIntStats, read as readFile } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { BytesState, OpenBytes } from '../../model/bytes.js';
import { SluiceError } from '../../model/error.js';

/** Opens a file for reading at any position. @throws SluiceError `source-unreachable` */
export async function openFile(path: string): Promise<OpenBytes> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw unreachable(path, error);
  });
  try {
    const state = stateOf(await handle.stat({ bigint: true }));
    const reads = new Reads(handle);
    return {
      ...state,
      seekable: true,
      read: (target, position) => reads.read(target, position),
      // By its path: a file that was replaced by another of the same name is noticed too.
      look: async () =>
        stateOf(
          await stat(path, { bigint: true }).catch((error: unknown) => {
            throw unreachable(path, error);
          }),
        ),
      close: () => reads.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** By the file's number: what a handle's own way of reading makes for each read costs an upload more memory than its buffers. */
class Reads {
  readonly #handle: FileHandle;
  /** Reads under way: the number may be another file's as soon as it is closed. */
  #reading = 0;
  #onStill: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      readFile(this.#handle.fd, target, 0, target.byteLength, position, (error, length) => {
        this.#reading -= 1;
        if (this.#reading === 0) this.#onStill?.();
        if (error === null) resolve(length);
        else reject(error);
      });
      // Only now: one that is refused at once is none.
      this.#reading += 1;
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeWhenStill();
    return this.#closing;
  }

  async #closeWhenStill(): Promise<void> {
    if (this.#reading > 0) {
      await new Promise<void>((resolve) => {
        this.#onStill = resolve;
      });
    }
    await this.#handle.close();
  }
}

function stateOf({ size, mtimeNs, ino }: BigIntStats): BytesState {
  return { size: Number(size), fingerprint: `${size}-${mtimeNs}-${ino}` };
}

function unreachable(path: string, cause: unknown): SluiceError {
  const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new SluiceError({
    code: 'source-unreachable',
    retry: 'never',
    message: `${path} cannot be read${why}; nothing was created`,
    cause,
  });
}
