import { SluiceError } from '@sluice/core';

/** What went wrong with a file that is written, with the way out. */
export function fileFault(error: unknown, what: string): SluiceError {
  if (SluiceError.is(error)) return error;
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  const said = error instanceof Error ? error.message : String(error);
  const words = typeof code === 'string' ? faults[code] : undefined;
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return new SluiceError({
    code: full ? 'unavailable' : 'invalid-request',
    message: `${what}: ${words ?? said}`,
    cause: error,
  });
}

const full = 'the disk is full; make room and run the same again';
const notWritable = 'cannot be written; make it and its folder writable, or name another place';

const faults: Record<string, string> = {
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: full,
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is no folder',
  EISDIR: 'is a folder; name a file in it',
};
