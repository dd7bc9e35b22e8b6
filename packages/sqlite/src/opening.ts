import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '@sluice/core/adapter';
import { type Database, openDatabase } from './database.js';
import { isBusy, storeError } from './errors.js';
import { findKey, hasMark, type Key, keyMark, makeKeyFile } from './key.js';
import { text } from './row.js';
import { migrate } from './schema.js';
import { Sealer } from './seal.js';
import { transact } from './transaction.js';

/** A file that is ready to work with. */
export interface OpenFile {
  database: Database;
  sealer: Sealer;
  /** A commit is on the disk when it returns. */
  waitsForDisk: boolean;
}

/** How long SQLite itself waits for another process, in milliseconds, while this one stands still. Longer waits are ours. */
const standStillMs = 10;

/**
 * Opens the file, making it, its folder and its key at first use, and waits while another process does the same.
 * @throws SluiceError that names the file and the way out
 */
export async function openFile(path: string, busyTimeoutMs: number): Promise<OpenFile> {
  const giveUpAt = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      return await tryOpen(path);
    } catch (error) {
      if (!isBusy(error) || performance.now() >= giveUpAt) throw storeError(error, path);
    }
    await sleep(5 + Math.random() * 20);
  }
}

async function tryOpen(path: string): Promise<OpenFile> {
  makeFolder(dirname(path));
  makeFile(path);
  const database = await openDatabase(path);
  try {
    prepare(database, path);
    migrate(database, path);
    const key = unlock(database, path);
    truncateLog(database);
    return { database, sealer: new Sealer(key.bytes), waitsForDisk: true };
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Folder by folder: Node's own recursive way never ends where a folder says that it is not there although its parent is, as below /proc.
 * @throws the system's error
 */
function makeFolder(path: string): void {
  if (isMade(path)) return;
  makeFolder(dirname(path));
  if (!isMade(path)) mkdirSync(path);
}

/** False where its parent is missing. */
function isMade(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return true;
    if (code === 'ENOENT' && dirname(path) !== path) return false;
    throw error;
  }
}

/** SQLite would make the file for everybody to read. Its log files take over the mode. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if (statSync(path).isDirectory()) throw fileError(path, 'this is a folder; set the store\'s "path" to a file');
  }
}

function prepare(database: Database, path: string): void {
  database.exec(`PRAGMA busy_timeout = ${standStillMs}`);
  const mode = text(database.get('PRAGMA journal_mode = WAL'), 'journal_mode');
  if (mode !== 'wal') {
    throw fileError(
      path,
      'this file system cannot hold a database that several processes share; set the store\'s "path" to a local disk',
    );
  }
  database.exec('PRAGMA synchronous = FULL');
  // A log of up to 16 MB, and 8 MB of pages in memory: a page that changes often is moved into the file more rarely.
  database.exec('PRAGMA wal_autocheckpoint = 4000');
  database.exec('PRAGMA cache_size = -8000');
  // What is erased is overwritten, not only forgotten.
  database.exec('PRAGMA secure_delete = ON');
}

/**
 * Moves everything from the log into the file and empties it: the log keeps what was erased from the file. Not while another
 * process reads or writes; a fault of the disk is for the next operation to tell.
 */
export function truncateLog(database: Database): void {
  try {
    database.get('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Nothing is lost: the log is as good as the file.
  }
}

function unlock(database: Database, path: string): Key {
  const keyFile = `${path}.key`;
  const mark = readMark(database);
  if (mark === undefined) return chooseKey(database, keyFile);
  const key = findKey(keyFile);
  if (key === undefined)
    throw fileError(path, `its key is missing: set SLUICE_SECRET_KEY to it, or put ${keyFile} back`);
  if (!hasMark(key, mark)) throw fileError(path, wrongKey(key, keyFile));
  return key;
}

/** At first use: under the lock, so that two processes agree on one key. */
function chooseKey(database: Database, keyFile: string): Key {
  return transact(database, () => {
    if (findKey(keyFile) === undefined) makeKeyFile(keyFile);
    const key = findKey(keyFile);
    if (key === undefined) throw new Error(`${keyFile} was removed as soon as it was made`);
    const mark = readMark(database);
    if (mark === undefined) database.run('INSERT INTO seal (key_mark) VALUES (?)', keyMark(key));
    else if (!hasMark(key, mark)) throw fileError(keyFile, 'another process began the database with another key');
    return key;
  });
}

function readMark(database: Database): string | undefined {
  const row = database.get('SELECT key_mark FROM seal');
  return row && text(row, 'key_mark');
}

function wrongKey(key: Key, keyFile: string): string {
  const wayOut =
    key.from === keyFile
      ? `put the right ${keyFile} back, or set SLUICE_SECRET_KEY to the right key`
      : `set it to the right key, or unset it if the right one is in ${keyFile}`;
  return `it was sealed with another key than that of ${key.from}; ${wayOut}, or move the database away to begin anew`;
}

function fileError(path: string, problem: string): SluiceError {
  return new SluiceError({ code: 'invalid-request', message: `${path}: ${problem}` });
}
