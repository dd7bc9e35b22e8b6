import type { Lease, LeaseName, LeaseQuery } from '@sluice/core/adapter';
import type { Database, Row } from './database.js';
import { show } from './inbox.js';
import type { OpenFile } from './opening.js';
import { readRecord } from './records.js';
import { number } from './row.js';

const columns = 'records.seq, records.id, fence, due_at, mail, record, sealed';

/** ?1 id, ?2 now, ?3 early. */
const findNamed = `SELECT ${columns} FROM records
  WHERE id = ?1 AND final = 0 AND (holder IS NULL OR lease_until <= ?2) AND (?3 OR due_at <= ?2)`;

/** ?4 closed lanes. */
const findNamedInOpenLane = `${findNamed} AND (
    lane NOT IN (SELECT value FROM json_each(?4))
    OR EXISTS (SELECT 1 FROM slots WHERE slots = lane AND slots.holder = records.id AND until > ?2)
  )`;

/**
 * ?1 limit, ?2 now, ?3 closed lanes. `lines` are the lanes in which somebody stands in line: one look into the index for each,
 * however many stand there. In a closed lane only those that have a slot are looked at, which are few.
 */
const findDue = `WITH RECURSIVE
  lines (lane) AS (
    SELECT min(lane) FROM records WHERE ready = 1
    UNION ALL
    SELECT (SELECT min(lane) FROM records WHERE ready = 1 AND lane > lines.lane) FROM lines WHERE lines.lane IS NOT NULL
  ),
  first (seq, priority) AS (
    SELECT seq, priority FROM lines JOIN records ON seq IN (
      SELECT seq FROM records WHERE ready = 1 AND lane = lines.lane ORDER BY priority DESC, seq LIMIT ?1
    )
    WHERE lines.lane NOT IN (SELECT value FROM json_each(?3))
    UNION
    SELECT seq, priority FROM json_each(?3) JOIN slots ON slots = value JOIN records ON records.id = slots.holder
    WHERE until > ?2 AND ready = 1 AND lane = value
  )
  SELECT ${columns} FROM records WHERE seq IN (SELECT seq FROM first ORDER BY priority DESC, seq LIMIT ?1)
  ORDER BY priority DESC, seq`;

/** Leases what the query asks for. */
export function lease(file: OpenFile, query: LeaseQuery): Lease[] {
  const rows = query.id === undefined ? dueRows(file.database, query) : namedRows(file.database, query, query.id);
  return rows.map((row) => grant(file, query, row));
}

function grant(file: OpenFile, { holder, until }: LeaseQuery, row: Row): Lease {
  const fence = number(row, 'fence') + 1;
  file.database.run(
    'UPDATE records SET holder = ?1, fence = ?2, lease_until = ?3, ready = 0, wake_at = ?3 WHERE seq = ?4',
    holder,
    fence,
    until,
    number(row, 'seq'),
  );
  const record = readRecord(row, file.sealer);
  return { record, fence, until, messages: number(row, 'mail') === 0 ? [] : show(file, record.id) };
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
  database.run('UPDATE records SET holder = NULL, ready = 0, wake_at = due_at WHERE holder = ?', holder);
}

/** Lets those stand in line whose time has come, and finds the first of all lines. */
function dueRows(database: Database, { now, limit = 1, exceptLanes = [] }: LeaseQuery): Row[] {
  database.run(
    `UPDATE records SET ready = coalesce(due_at <= ?1, 0), wake_at = CASE WHEN due_at > ?1 THEN due_at END
    WHERE wake_at <= ?1`,
    now,
  );
  return database.all(findDue, limit, now, JSON.stringify(exceptLanes));
}

function namedRows(database: Database, { now, early, exceptLanes = [] }: LeaseQuery, id: string): Row[] {
  const values = [id, now, early ? 1 : 0];
  const row =
    exceptLanes.length === 0
      ? database.get(findNamed, ...values)
      : database.get(findNamedInOpenLane, ...values, JSON.stringify(exceptLanes));
  return row === undefined ? [] : [row];
}
