import type { PartEntry } from '@sluice/core/adapter';
import type { Database } from './database.js';
import { number, text } from './row.js';

/** Remembers a part; a number again replaces it. */
export function appendPart(database: Database, job: string, part: PartEntry): void {
  database.run(
    'INSERT OR REPLACE INTO parts (job, number, etag, size) VALUES (?, ?, ?, ?)',
    job,
    part.number,
    part.etag,
    part.size,
  );
}

/** A job's parts, in the order of their numbers. */
export function readParts(database: Database, job: string): PartEntry[] {
  const rows = database.all('SELECT number, etag, size FROM parts WHERE job = ? ORDER BY number', job);
  return rows.map((row) => ({ number: number(row, 'number'), etag: text(row, 'etag'), size: number(row, 'size') }));
}

/** Forgets a job's parts. */
export function clearParts(database: Database, job: string): void {
  database.run('DELETE FROM parts WHERE job = ?', job);
}

/** Forgets the parts of jobs that ended before a moment. @returns how many */
export function sweepParts(database: Database, before: number): number {
  return database.run(
    `DELETE FROM parts WHERE job IN (
      SELECT DISTINCT job FROM parts JOIN records ON id = job WHERE final = 1 AND record ->> '$.updatedAt' < ?
    )`,
    before,
  );
}
