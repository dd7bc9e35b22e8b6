import { SluiceError } from '@sluice/core/adapter';
import type { Database } from './database.js';
import { number } from './row.js';
import { transact } from './transaction.js';

/** Marks a SQLite file as one of ours, in its header: "Slui". */
const applicationId = 0x53_6c_75_69;

/**
 * The schema's versions: the statements at index n lead from version n to n + 1. Never change one that was released, add one.
 * Times are epoch milliseconds, as REAL because they may have fractions.
 */
export const migrations: readonly string[] = [
  `
  -- seq: in the order of creation. lane: provider/lane. mail: how many messages it has. record: JSON without what is sealed.
  -- wake_at: when to see whether it can stand in line: its lease's end, or when it is due. Empty when it stands there (ready),
  -- is final, or is never due by itself.
  CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT,
    provider TEXT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL,
    final INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    ref TEXT,
    due_at REAL,
    holder TEXT,
    fence INTEGER NOT NULL DEFAULT 0,
    lease_until REAL NOT NULL DEFAULT 0,
    ready INTEGER NOT NULL DEFAULT 0,
    wake_at REAL,
    mail INTEGER NOT NULL DEFAULT 0,
    record TEXT NOT NULL,
    sealed BLOB
  ) STRICT;
  CREATE UNIQUE INDEX records_key ON records (key) WHERE key IS NOT NULL;
  CREATE INDEX records_ref ON records (provider, ref) WHERE ref IS NOT NULL;
  CREATE INDEX records_live ON records (seq) WHERE final = 0;
  CREATE INDEX records_waiting ON records (wake_at) WHERE wake_at IS NOT NULL;
  CREATE INDEX records_ready ON records (lane, priority DESC, seq) WHERE ready = 1;

  -- body: sealed. What was read keeps its id and its time, so that it is not taken for new when it comes again.
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    job TEXT,
    provider TEXT,
    ref TEXT,
    kind TEXT,
    at REAL,
    body BLOB,
    shown INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX messages_job ON messages (job) WHERE job IS NOT NULL;
  CREATE INDEX messages_early ON messages (provider, ref) WHERE provider IS NOT NULL AND job IS NULL;

  CREATE TABLE slots (
    slots TEXT NOT NULL,
    holder TEXT NOT NULL,
    until REAL NOT NULL,
    PRIMARY KEY (slots, holder)
  ) STRICT, WITHOUT ROWID;

  -- hits: how many rows of that table are this window's, so that nobody has to count them.
  CREATE TABLE windows (
    name TEXT NOT NULL PRIMARY KEY,
    hits INTEGER NOT NULL DEFAULT 0,
    held_until REAL NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hits (
    window TEXT NOT NULL,
    token TEXT NOT NULL,
    counts_until REAL NOT NULL,
    window_ms REAL NOT NULL,
    PRIMARY KEY (window, token)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX hits_leaving ON hits (window, counts_until);

  CREATE TABLE parts (
    job TEXT NOT NULL,
    number INTEGER NOT NULL,
    etag TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (job, number)
  ) STRICT, WITHOUT ROWID;

  -- The mark of the key that everything here is sealed with.
  CREATE TABLE seal (key_mark TEXT NOT NULL) STRICT;

  -- For people.
  CREATE VIEW jobs AS SELECT
    id,
    key,
    provider,
    state,
    record ->> '$.phase' AS phase,
    record ->> '$.rawState' AS provider_state,
    record ->> '$.display.name' AS name,
    record ->> '$.display.source' AS source,
    record ->> '$.error.message' AS error,
    strftime('%Y-%m-%dT%H:%M:%fZ', (record ->> '$.createdAt') / 1000.0, 'unixepoch') AS created,
    strftime('%Y-%m-%dT%H:%M:%fZ', (record ->> '$.updatedAt') / 1000.0, 'unixepoch') AS updated,
    strftime('%Y-%m-%dT%H:%M:%fZ', due_at / 1000.0, 'unixepoch') AS due
  FROM records ORDER BY seq;
  `,
];

/**
 * Brings a file to the newest version, all or nothing, whoever else opens it at the same time.
 * @throws SluiceError `invalid-request` for a file that is newer, or not ours
 */
export function migrate(database: Database, path: string, steps: readonly string[] = migrations): void {
  if (versionOf(database, path) === steps.length) return;
  transact(database, () => {
    const version = versionOf(database, path);
    if (version > steps.length) throw newerError(path, version, steps.length);
    for (const statements of steps.slice(version)) database.exec(statements);
    database.exec(`PRAGMA application_id = ${applicationId}`);
    database.exec(`PRAGMA user_version = ${steps.length}`);
  });
}

function versionOf(database: Database, path: string): number {
  const application = number(database.get('PRAGMA application_id'), 'application_id');
  const version = number(database.get('PRAGMA user_version'), 'user_version');
  if (application === applicationId) return version;
  const empty = database.get('SELECT 1 FROM sqlite_master') === undefined;
  if (empty && application === 0 && version === 0) return 0;
  throw new SluiceError({
    code: 'invalid-request',
    message: `${path}: this SQLite file belongs to another application; set the store's "path" to a file of its own`,
  });
}

function newerError(path: string, version: number, known: number): SluiceError {
  return new SluiceError({
    code: 'invalid-request',
    message: `${path}: a newer Sluice wrote this file (version ${version}, this one knows ${known}); update @sluice/sqlite, or set another "path"`,
  });
}
