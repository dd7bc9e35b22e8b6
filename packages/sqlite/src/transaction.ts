import type { Database } from './database.js';

/** Does all of `work`, or nothing. Takes the right to write first, so that what it reads stays true until it is done. */
export function transact<Result>(database: Database, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // A full or failing disk has rolled it back already.
  }
}
