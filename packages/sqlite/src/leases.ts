import { isLaneOf, type Lease, type LeaseName, type LeaseQuery } from '@sluice/core/adapter';
import type { Database, Row } from './database.js';
import { show } from './inbox.js';
import type { OpenFile } from './opening.js';
import { readRecord } from './records.js';
import { number, text } from './row.js';

const columns = 'seq, id, fence, due_at, mail, record, sealed';

/** Leases what the query asks for. */
export function lease(file: OpenFile, query: LeaseQuery): Lease[] {
  const rows = query.id === undefined ? dueRows(file.database, query) : namedRows(file.database, query, query.id);
  if (rows.length > 0) grant(file.database, query, rows);
  return rows.map((row) => readLease(file, query, row));
}

const granted = 'UPDATE records SET holder = ?1, fence = fence + 1, lease_until = ?2, ready = 0, wake_at = ?2';

function grant(database: Database, { holder, until }: LeaseQuery, rows: Row[]): void {
  const [first, ...more] = rows;
  // One by one, finding them costs less.
  if (more.length === 0) database.run(`${granted} WHERE seq = ?3`, holder, until, number(first, 'seq'));
  else database.run(`${granted} WHERE seq IN (SELECT value FROM json_each(?3))`, holder, until, seqsOf(rows));
}

function readLease(file: OpenFile, { until }: LeaseQuery, row: Row): Lease {
  const record = readRecord(row, file.sealer);
  const messages = number(row, 'mail') === 0 ? [] : show(file, record.id);
  return { record, fence: number(row, 'fence') + 1, until, messages };
}

function seqsOf(rows: Row[]): string {
  return JSON.stringify(rows.map((row) => number(row, 'seq')));
}

/** Prolongs leases; answers with the ids of those that are lost. */
export function renew(database: Database, leases: readonly LeaseName[], until: number): string[] {
  const lost = leases.filter(({ id, fence }) => {
    const renewed = database.run(
      `UPDATE records SET lease_until = ?1, ready = 0, wake_at = ?1
      WHERE id = ?2 AND fence = ?3 AND holder IS NOT NULL`,
      until,
      id,
      fence,
    );
    return renewed === 0;
  });
  return lost.map(({ id }) => id);
}

/** Every lease of the holder passes on at once. */
export function releaseAll(database: Database, holder: string): void {
  database.run('UPDATE records SET holder = NULL, ready = 0, wake_at = due_at WHERE final = 0 AND holder = ?', holder);
}

/** Lets those stand in line whose time has come, and finds the first of all lines. */
function dueRows(database: Database, query: LeaseQuery): Row[] {
  database.run(
    `UPDATE records SET ready = coalesce(due_at <= ?1, 0), wake_at = CASE WHEN due_at > ?1 THEN due_at END
    WHERE wake_at <= ?1`,
    query.now,
  );
  const places = firstInLine(database, query);
  if (places.length === 0) return [];
  const where = 'WHERE seq IN (SELECT value FROM json_each(?))';
  return database.all(`SELECT ${columns} FROM records ${where} ORDER BY priority DESC, seq`, seqsOf(places));
}

function firstInLine(database: Database, { now, limit = 1, exceptLanes = [], providers }: LeaseQuery): Row[] {
  const closed = new Set(exceptLanes.filter((lane) => isLaneOf(lane, providers)));
  const open = linesOf(database).filter((lane) => !closed.has(lane) && isLaneOf(lane, providers));
  const first = open.flatMap((lane) =>
    database.all(
      'SELECT seq, priority FROM records WHERE ready = 1 AND lane = ? ORDER BY priority DESC, seq LIMIT ?',
      lane,
      limit,
    ),
  );
  const exempt = [...closed].flatMap((lane) => withSlot(database, lane, now));
  return [...first, ...exempt].sort(comparePlace).slice(0, limit);
}

function comparePlace(a: Row, b: Row): number {
  return number(b, 'priority') - number(a, 'priority') || number(a, 'seq') - number(b, 'seq');
}

/** The lanes in which somebody stands in line: one look into the index for each, however many stand there. */
function linesOf(database: Database): string[] {
  const rows = database.all(`
    WITH RECURSIVE lines (lane) AS (
      SELECT min(lane) FROM records WHERE ready = 1
      UNION ALL
      SELECT (SELECT min(lane) FROM records WHERE ready = 1 AND lane > lines.lane) FROM lines WHERE lines.lane IS NOT NULL
    )
    SELECT lane FROM lines WHERE lane IS NOT NULL`);
  return rows.map((row) => text(row, 'lane'));
}

/** Those in a lane's line that have one of its slots, which are few. */
function withSlot(database: Database, lane: string, now: number): Row[] {
  return database.all(
    `SELECT seq, priority FROM slots JOIN records ON id = slots.holder
    WHERE slots = ? AND until > ? AND ready = 1 AND lane = slots`,
    lane,
    now,
  );
}

function namedRows(database: Database, query: LeaseQuery, id: string): Row[] {
  const { now, early, exceptLanes = [], providers } = query;
  const row = database.get(
    `SELECT ${columns}, lane FROM records
    WHERE id = ?1 AND final = 0 AND (holder IS NULL OR lease_until <= ?2) AND (?3 OR due_at <= ?2)`,
    id,
    now,
    early ? 1 : 0,
  );
  if (row === undefined) return [];
  const lane = text(row, 'lane');
  if (!isLaneOf(lane, providers)) return [];
  const closed = exceptLanes.includes(lane);
  return closed && !hasSlot(database, row, now) ? [] : [row];
}

function hasSlot(database: Database, row: Row, now: number): boolean {
  const where = 'WHERE slots = ? AND holder = ? AND until > ?';
  return database.get(`SELECT 1 FROM slots ${where}`, text(row, 'lane'), text(row, 'id'), now) !== undefined;
}
