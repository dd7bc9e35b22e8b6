import type { JobRecord, Message } from '@sluice/core/adapter';
import type { Database, Row } from './database.js';
import type { OpenFile } from './opening.js';
import { jobWithRef } from './records.js';
import { number, optionalBytes, optionalText, text } from './row.js';
import { messageOwner, type Sealer } from './seal.js';

/** A message as it was given, its body as JSON. */
export interface WrittenMessage extends Omit<Message, 'body'> {
  body: string | undefined;
}

/** Takes a message as it is now. */
export function writeMessage({ body, ...message }: Message): WrittenMessage {
  return { ...message, to: { ...message.to }, body: body === undefined ? undefined : JSON.stringify(body) };
}

/** Adds to an inbox and makes the job due; false when the message was there, or had been. */
export function post({ database, sealer }: OpenFile, message: WrittenMessage): boolean {
  const { id, to, kind, at, body } = message;
  const job = 'job' in to ? jobWithId(database, to.job) : jobWithRef(database, to.provider, to.ref);
  const nobodyReads = job === undefined ? 'job' in to : number(job, 'final') === 1;
  if (nobodyReads) return database.run('INSERT OR IGNORE INTO messages (id, at) VALUES (?, ?)', id, at) > 0;
  const added = database.run(
    'INSERT OR IGNORE INTO messages (id, job, provider, ref, kind, at, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    id,
    job === undefined ? null : text(job, 'id'),
    'job' in to ? null : to.provider,
    'job' in to ? null : to.ref,
    kind,
    at,
    body === undefined ? null : sealer.seal(body, messageOwner(id)),
  );
  if (added === 0) return false;
  if (job !== undefined) deliver(database, { job: text(job, 'id'), count: 1, at });
  return true;
}

/** The job has this ref now: what came early for it is its own. */
export function claim(database: Database, record: Pick<JobRecord, 'id' | 'provider'>, ref: string): void {
  const where = 'WHERE provider = ? AND ref = ? AND job IS NULL';
  const count = database.run(`UPDATE messages SET job = ? ${where}`, record.id, record.provider, ref);
  if (count > 0) database.run('UPDATE records SET mail = mail + ? WHERE id = ?', count, record.id);
}

/** A job's messages, oldest first. They count as shown from now on. */
export function show({ database, sealer }: OpenFile, job: string): Message[] {
  const rows = database.all(
    'SELECT id, job, provider, ref, kind, at, body FROM messages WHERE job = ? ORDER BY at, seq',
    job,
  );
  database.run('UPDATE messages SET shown = 1 WHERE job = ?', job);
  return rows.map((row) => readMessage(row, sealer));
}

/** True when something is there that no lease has shown. */
export function hasNew(database: Database, job: string): boolean {
  return database.get('SELECT 1 FROM messages WHERE job = ? AND shown = 0', job) !== undefined;
}

const forget = 'UPDATE messages SET job = NULL, provider = NULL, ref = NULL, kind = NULL, body = NULL';

/** Forgets what came before a moment and was read, or waits for a ref that no job has. @returns how many */
export function sweepMessages(database: Database, before: number): number {
  return database.run('DELETE FROM messages WHERE job IS NULL AND coalesce(at, 0) < ?', before);
}

/** Messages were read. */
export function consume(database: Database, job: string, ids: readonly string[]): void {
  for (const id of ids) {
    const read = database.run(`${forget} WHERE id = ? AND job = ?`, id, job);
    database.run('UPDATE records SET mail = mail - ? WHERE id = ?', read, job);
  }
}

/** The job has ended. */
export function clear(database: Database, job: string): void {
  database.run(`${forget} WHERE job = ?`, job);
  database.run('UPDATE records SET mail = 0 WHERE id = ?', job);
}

/** Makes a job due. Nobody who holds it is disturbed: it is due when they give it back. */
export function makeDue(database: Database, job: string, at: number): void {
  deliver(database, { job, count: 0, at });
}

/** There is mail, and hence the job is due. */
function deliver(database: Database, { job, count, at }: { job: string; count: number; at: number }): void {
  const dueAt = 'min(coalesce(due_at, ?1), ?1)';
  database.run(
    `UPDATE records SET mail = mail + ?2, due_at = ${dueAt},
      wake_at = CASE WHEN ready THEN NULL WHEN holder IS NULL THEN ${dueAt} ELSE lease_until END
    WHERE id = ?3`,
    at,
    count,
    job,
  );
}

function jobWithId(database: Database, id: string): Row | undefined {
  return database.get('SELECT id, final FROM records WHERE id = ?', id);
}

function readMessage(row: Row, sealer: Sealer): Message {
  const id = text(row, 'id');
  const provider = optionalText(row, 'provider');
  const body = optionalBytes(row, 'body');
  return {
    id,
    to: provider === undefined ? { job: text(row, 'job') } : { provider, ref: text(row, 'ref') },
    kind: text(row, 'kind'),
    ...(body !== undefined && { body: JSON.parse(sealer.open(body, messageOwner(id))) }),
    at: number(row, 'at'),
  };
}
