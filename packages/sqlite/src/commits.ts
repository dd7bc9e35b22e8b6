import type { Admission, Admitted, Commit, Committed, Reopening } from '@sluice/core/adapter';
import type { Database, SqlValue } from './database.js';
import { claim, clear, consume, hasNew, makeDue } from './inbox.js';
import { admit, freeSlot, settle } from './limits.js';
import type { OpenFile } from './opening.js';
import { sealedOf, type WrittenRecord } from './records.js';

type Lost = Extract<Committed, { outcome: 'lost' }>;
type Full = Extract<Committed, { outcome: 'full' }>;

/** ?1 id, ?2 fence, ?4 ref, ?8 whether it is final, ?9 whether the lease goes on, ?10 whether it stands in line. */
const change = 'UPDATE records SET state = ?3, ref = ?4, due_at = ?5, record = ?6, sealed = ?7';
const move = `, final = ?8, ready = ?10,
  wake_at = CASE WHEN ?10 THEN NULL WHEN ?9 AND NOT ?8 THEN lease_until ELSE ?5 END,
  holder = CASE WHEN ?9 THEN holder END`;
const underLease = ' WHERE id = ?1 AND fence = ?2 AND holder IS NOT NULL';

/** There is no message to think of, neither in the inbox nor for a ref that the record has from now on. */
const quietly = ` AND mail = 0 AND (
    ref IS ?4 OR NOT EXISTS (
      SELECT 1 FROM messages WHERE messages.provider = records.provider AND messages.ref = ?4 AND job IS NULL
    )
  )`;

const update = change + move + underLease;

/** Most commits are one of these, and cost one statement. */
const updateAndMove = update + quietly;
const updateAndStay = `${change}${underLease} AND wake_at = lease_until${quietly}`;

/** Changes a record, with everything that belongs to the change. */
export function commit(file: OpenFile, asked: Commit, written: WrittenRecord): Committed {
  const { database } = file;
  const refused = asked.take && take(database, asked, asked.take);
  if (refused !== undefined) return refused;
  const quiet = updateQuietly(file, asked, written);
  if (!quiet && !updateAnyhow(file, asked, written)) return { outcome: 'lost' };
  for (const hit of asked.settle ?? []) settle(database, hit);
  if (asked.freeSlot) freeSlot(database, written.lane, written.id);
  return { outcome: 'saved', pending: !quiet && readInbox(database, asked, written) };
}

/** Brings a final record back to life, unless somebody changed it since it was seen. */
export function reopen({ database, sealer }: OpenFile, { from, now }: Reopening, written: WrittenRecord): boolean {
  const { id, state, ref, dueAt, record } = written;
  const isDue = dueAt !== null && dueAt <= now;
  const rows = database.run(
    `UPDATE records SET state = ?2, ref = ?3, due_at = ?4, record = ?5, sealed = ?6, final = 0, holder = NULL, mail = 0,
      ready = ?7, wake_at = CASE WHEN ?7 THEN NULL ELSE ?4 END
    WHERE id = ?1 AND final = 1 AND record ->> '$.updatedAt' = ?8`,
    ...[id, state, ref, dueAt, record, sealedOf(written, sealer), isDue ? 1 : 0, from],
  );
  return rows > 0;
}

/** Under the lease, or not at all. */
function take(database: Database, { lease, now }: Commit, admission: Admission): Lost | Full | undefined {
  const held = 'SELECT 1 FROM records WHERE id = ? AND fence = ? AND holder IS NOT NULL';
  if (database.get(held, lease.id, lease.fence) === undefined) return { outcome: 'lost' };
  const admitted: Admitted = admit(database, admission, now);
  if (admitted.admitted) return undefined;
  const { admitted: _no, ...full } = admitted;
  return { outcome: 'full', ...full };
}

function updateQuietly(file: OpenFile, asked: Commit, written: WrittenRecord): boolean {
  const { database } = file;
  const values = changed(file, asked, written);
  const stays = !asked.release && !written.final;
  const rows = stays
    ? database.run(updateAndStay, ...values)
    : database.run(updateAndMove, ...values, ...moved(asked, written));
  return rows > 0;
}

function updateAnyhow(file: OpenFile, asked: Commit, written: WrittenRecord): boolean {
  return file.database.run(update, ...changed(file, asked, written), ...moved(asked, written)) > 0;
}

function changed({ sealer }: OpenFile, { lease }: Commit, written: WrittenRecord): SqlValue[] {
  const { state, ref, dueAt, record } = written;
  return [lease.id, lease.fence, state, ref, dueAt, record, sealedOf(written, sealer)];
}

function moved({ release, now }: Commit, { final, dueAt }: WrittenRecord): SqlValue[] {
  const isDue = dueAt !== null && dueAt <= now;
  return [final ? 1 : 0, release ? 0 : 1, release && isDue ? 1 : 0];
}

/** @returns whether the job has news, and hence is due */
function readInbox(database: Database, asked: Commit, written: WrittenRecord): boolean {
  if (written.ref !== null) claim(database, written, written.ref);
  if (written.final) {
    clear(database, written.id);
    return false;
  }
  consume(database, written.id, asked.consumed ?? []);
  if (!hasNew(database, written.id)) return false;
  makeDue(database, written.id, asked.now);
  return true;
}
