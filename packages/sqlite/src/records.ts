import { canonicalJson, isFinal, type JobRecord, joinRecord, slotsName, splitRecord } from '@sluice/core/adapter';
import type { Database, Row } from './database.js';
import type { OpenFile } from './opening.js';
import { optionalBytes, optionalNumber, text } from './row.js';
import { jobOwner, type Sealer } from './seal.js';

/** A record as its row has it, taken when the caller gave it: what becomes of the caller's object afterwards is no matter. */
export interface WrittenRecord {
  id: string;
  key: string | null;
  provider: string;
  lane: string;
  state: string;
  final: boolean;
  priority: number;
  ref: string | null;
  dueAt: number | null;
  /** JSON that anybody may read. */
  record: string;
  /** JSON that is sealed before it is written. */
  secret: string | undefined;
}

/** Takes a record as it is now. */
export function writeRecord(record: JobRecord): WrittenRecord {
  const { open, secret } = splitRecord(record);
  return {
    id: record.id,
    key: record.key ?? null,
    provider: record.provider,
    lane: slotsName(record.provider, record.lane),
    state: record.state,
    final: isFinal(record.state),
    priority: record.priority,
    ref: record.ref === undefined ? null : canonicalJson(record.ref),
    dueAt: isFinal(record.state) ? null : (record.dueAt ?? null),
    record: JSON.stringify(open),
    secret: secret && JSON.stringify(secret),
  };
}

/** Reads the record of a row that has `id`, `due_at`, `record` and `sealed`. */
export function readRecord(row: Row, sealer: Sealer): JobRecord {
  // Only writeRecord has written here, in a version of the schema that this code knows.
  const open: JobRecord = JSON.parse(text(row, 'record'));
  // A message makes a job due without its JSON being written again.
  const dueAt = optionalNumber(row, 'due_at');
  if (dueAt !== undefined) open.dueAt = dueAt;
  const sealed = optionalBytes(row, 'sealed');
  return sealed === undefined ? open : joinRecord(open, JSON.parse(sealer.open(sealed, jobOwner(text(row, 'id')))));
}

/** What is sealed of a record. */
export function sealedOf(written: WrittenRecord, sealer: Sealer): Uint8Array | null {
  return written.secret === undefined ? null : sealer.seal(written.secret, jobOwner(written.id));
}

const columns = 'id, due_at, record, sealed';

/** Finds one record. */
export function findRecord({ database, sealer }: OpenFile, id: string): JobRecord | undefined {
  return found(database.get(`SELECT ${columns} FROM records WHERE id = ?`, id), sealer);
}

/** Finds one record by its key. */
export function findByKey({ database, sealer }: OpenFile, key: string): JobRecord | undefined {
  return found(database.get(`SELECT ${columns} FROM records WHERE key = ?`, key), sealer);
}

/** Finds the newest record with a ref. */
export function findByRef({ database, sealer }: OpenFile, provider: string, ref: string): JobRecord | undefined {
  const where = 'WHERE provider = ? AND ref = ? ORDER BY seq DESC LIMIT 1';
  return found(database.get(`SELECT ${columns} FROM records ${where}`, provider, ref), sealer);
}

/** Adds a record that nobody holds. It stands in line at once if it is due. */
export function insertRecord({ database, sealer }: OpenFile, written: WrittenRecord, now: number): void {
  const isDue = written.dueAt !== null && written.dueAt <= now;
  database.run(
    `INSERT INTO records (id, key, provider, lane, state, final, priority, ref, due_at, ready, wake_at, record, sealed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    written.id,
    written.key,
    written.provider,
    written.lane,
    written.state,
    written.final ? 1 : 0,
    written.priority,
    written.ref,
    written.dueAt,
    isDue ? 1 : 0,
    isDue ? null : written.dueAt,
    written.record,
    sealedOf(written, sealer),
  );
}

/** The newest job with a ref: whom a message is for. */
export function jobWithRef(database: Database, provider: string, ref: string): Row | undefined {
  const where = 'WHERE provider = ? AND ref = ? ORDER BY seq DESC LIMIT 1';
  return database.get(`SELECT id, final FROM records ${where}`, provider, ref);
}

function found(row: Row | undefined, sealer: Sealer): JobRecord | undefined {
  return row && readRecord(row, sealer);
}
