import { SluiceError } from '@sluice/core/adapter';

/** SQLite's primary result codes that say something to a user. */
const codes = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  notDatabase: 26,
} as const;

const passing = new Set<number>([codes.busy, codes.locked, codes.protocol]);

/** SQLite's primary result code, from Node's own library or libsql. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  // libsql says only in words why it could not open a file.
  const opening = /^ConnectionFailed\(.*: (\d+)"\)$/.exec(error.message);
  if (opening !== null) return Number(opening[1]) & 0xff;
  const code: unknown = 'errcode' in error ? error.errcode : 'rawCode' in error ? error.rawCode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** Another connection is writing, or was faster again and again (`SQLITE_PROTOCOL`): the same may succeed in a moment. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && passing.has(code);
}

/** What went wrong with the file, as an error that names it and the way out. */
export function storeError(error: unknown, path: string): SluiceError {
  if (SluiceError.is(error)) return error;
  const fault = faultOf(error);
  const said = error instanceof Error ? error.message : String(error);
  if (fault === undefined) {
    return new SluiceError({ code: 'unavailable', message: `the jobs in ${path}: ${said}`, cause: error });
  }
  return new SluiceError({ code: fault.code, message: `${path}: ${fault.message}`, cause: error });
}

interface Fault {
  code: 'unavailable' | 'invalid-request';
  message: string;
}

const full: Fault = {
  code: 'unavailable',
  message: 'the disk is full, so nothing can be saved; make room, and the jobs go on',
};

const notWritable: Fault = {
  code: 'invalid-request',
  message: 'this file or its folder cannot be written; make them writable, or set the store\'s "path" to another place',
};

const damaged: Fault = {
  code: 'invalid-request',
  message: 'this file is damaged or no SQLite database; put a backup in its place, or move it away to begin anew',
};

const faultsBySqlite: Record<number, Fault> = {
  [codes.busy]: {
    code: 'unavailable',
    message: 'another process keeps this file locked; end it, or wait until it is done',
  },
  [codes.readOnly]: notWritable,
  [codes.inputOutput]: {
    code: 'unavailable',
    message: 'reading or writing this file failed; look at the disk (is it full, is it still there?)',
  },
  [codes.corrupt]: damaged,
  [codes.full]: full,
  [codes.cannotOpen]: notWritable,
  [codes.notDatabase]: damaged,
};

const faultsBySystem: Record<string, Fault> = {
  EACCES: notWritable,
  ENOENT: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
  ENOTDIR: notWritable,
  EEXIST: notWritable,
  ENOSPC: full,
  EDQUOT: full,
};

function faultOf(error: unknown): Fault | undefined {
  const code = resultCode(error);
  if (code !== undefined) return faultsBySqlite[passing.has(code) ? codes.busy : code];
  const name: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof name === 'string' ? faultsBySystem[name] : undefined;
}
