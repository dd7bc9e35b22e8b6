import { isFinal, type JobFilter, type JobRecord } from '@sluice/core/adapter';
import type { SqlValue } from './database.js';
import type { OpenFile } from './opening.js';
import { readRecord } from './records.js';
import { number } from './row.js';

/** Some records of a list, and where the next ones begin. */
export interface Page {
  records: JobRecord[];
  /** Undefined when there are no more. */
  after: number | undefined;
}

const pageSize = 100;

/** Reads the records that come after one in the filter's order. */
export function readPage({ database, sealer }: OpenFile, filter: JobFilter, after: number | undefined): Page {
  const newest = filter.order === 'newest';
  const size = Math.min(pageSize, filter.limit ?? pageSize);
  const { where, values } = conditions(filter);
  const rows = database.all(
    `SELECT seq, id, due_at, record, sealed FROM records
    WHERE seq ${newest ? '<' : '>'} ? ${where} ORDER BY seq ${newest ? 'DESC' : 'ASC'} LIMIT ?`,
    after ?? (newest ? Number.MAX_SAFE_INTEGER : 0),
    ...values,
    size,
  );
  const last = rows.length < size ? undefined : rows.at(-1);
  return { records: rows.map((row) => readRecord(row, sealer)), after: last && number(last, 'seq') };
}

function conditions({ states, provider, key, name, since }: JobFilter): { where: string; values: SqlValue[] } {
  const terms: string[] = [];
  const values: SqlValue[] = [];
  if (states !== undefined) {
    // There is an index of what is not final: however many have ended, it stays small.
    if (!states.some(isFinal)) terms.push('AND final = 0');
    terms.push('AND state IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(states));
  }
  if (provider !== undefined) {
    terms.push('AND provider = ?');
    values.push(provider);
  }
  if (key !== undefined) {
    terms.push('AND key = ?');
    values.push(key);
  }
  if (name !== undefined) {
    terms.push("AND instr(lower(record ->> '$.display.name'), lower(?)) > 0");
    values.push(name);
  }
  if (since !== undefined) {
    terms.push("AND record ->> '$.createdAt' >= ?");
    values.push(since);
  }
  return { where: terms.join(' '), values };
}
