import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '@sluice/core/adapter';

const variable = 'SLUICE_SECRET_KEY';
const keyBytes = 32;

/** The key that a file's secrets are sealed with. */
export interface Key {
  bytes: Buffer;
  /** Where it was found: the variable's name, or the key file's path. */
  from: string;
}

/**
 * The key from `SLUICE_SECRET_KEY`, else from the key file.
 * @returns undefined when there is neither
 * @throws SluiceError `invalid-request` when it is not 32 bytes
 */
export function findKey(keyFile: string): Key | undefined {
  const set = process.env[variable];
  if (set !== undefined && set !== '') return { bytes: parseKey(set, variable), from: variable };
  try {
    return { bytes: parseKey(readFileSync(keyFile, 'utf8'), keyFile), from: keyFile };
  } catch (error) {
    if (SluiceError.is(error)) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SluiceError({
      code: 'invalid-request',
      message: `${keyFile}: this key file cannot be read; make it readable for this user, or set ${variable}`,
      cause: error,
    });
  }
}

/**
 * Makes the key file, for the owner's eyes only. It is whole and on the disk as soon as it is there. The caller sees to it that
 * no other process does the same.
 */
export function makeKeyFile(keyFile: string): void {
  const draft = `${keyFile}.${process.pid}`;
  rmSync(draft, { force: true });
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, `${randomBytes(keyBytes).toString('hex')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, keyFile);
  syncFolder(dirname(keyFile));
}

/** A power cut right after must not leave a sealed database without its key. */
function syncFolder(folder: string): void {
  // Windows opens no folders, and has no need to.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A mark of the key that can lie in the open: it tells whether a key is the right one, and nothing else. */
export function keyMark({ bytes }: Key): string {
  return createHmac('sha256', bytes).update('the key of a sluice store').digest('hex');
}

/** True when the mark is that of the key. */
export function hasMark(key: Key, mark: string): boolean {
  const [expected, actual] = [Buffer.from(keyMark(key)), Buffer.from(mark)];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function parseKey(written: string, from: string): Buffer {
  const text = written.trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[\w+/-]{43}=?$/.test(text)) return Buffer.from(text, 'base64');
  throw new SluiceError({
    code: 'invalid-request',
    message: `${from}: must be 32 bytes, as 64 hex digits or in base64; make one with: openssl rand -hex 32`,
  });
}
