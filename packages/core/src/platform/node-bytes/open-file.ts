import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { BytesState, OpenBytes } from '../../model/bytes.js';
import { SluiceError } from '../../model/error.js';

/** Opens a file for reading at any position. @throws SluiceError `source-unreachable` */
export async function openFile(path: string): Promise<OpenBytes> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw unreachable(path, error);
  });
  try {
    const state = stateOf(await handle.stat({ bigint: true }));
    return {
      ...state,
      seekable: true,
      read: async (target, position) => (await handle.read(target, 0, target.byteLength, position)).bytesRead,
      // By its path: a file that was replaced by another of the same name is noticed too.
      look: async () =>
        stateOf(
          await stat(path, { bigint: true }).catch((error: unknown) => {
            throw unreachable(path, error);
          }),
        ),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
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
