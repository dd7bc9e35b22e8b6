import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JsonValue } from '@sluice/core';
import { DigestMap } from '@sluice/core/node';
import { stringify } from 'csv-stringify/sync';
import { isColumn, resultColumns } from '../manifest/columns.js';
import { type Format, type Manifest, openResult } from '../manifest/open-manifest.js';
import { cellText, isBad, ownCells, type Row, rowDigest } from '../manifest/row.js';
import { usageError } from '../usage.js';
import { fileFault } from './file-fault.js';
import { lockFile } from './file-lock.js';
import type { ResultFields } from './result-fields.js';

/** How soon what was written is in the file, in milliseconds. */
const flushMs = 100;
/** What stays of an earlier result is written in pieces of so many characters. */
const pieceLength = 256 * 1024;
const names = resultColumns.map(({ name }) => name);

/** What the rows of a manifest look like. */
export interface Shape {
  format: Format;
  /** Of CSV: the columns, without those of a result. */
  columns: string[];
}

/**
 * The result of a batch: the manifest's rows, each once, with what became of it. Lines are appended whole as rows are over, so that the file can be
 * read at any moment, and a process that dies leaves at most half a line, which the next one takes away. Before the first line is written,
 * rows that may change are taken out of what an earlier run left; rows that are completed stay, and are not written again.
 */
export class ResultFile {
  readonly #path: string;
  readonly #shape: Shape;
  readonly #file: FileHandle;
  readonly #unlock: () => void;
  /** Of each completed row that is in the file: a number that stands for its job. */
  readonly #completed: DigestMap;
  readonly #met = new DigestMap();
  #superseded = false;
  #lines: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #fault: unknown;

  private constructor(options: {
    path: string;
    shape: Shape;
    file: FileHandle;
    unlock: () => void;
    completed: DigestMap;
  }) {
    this.#path = options.path;
    this.#shape = options.shape;
    this.#file = options.file;
    this.#unlock = options.unlock;
    this.#completed = options.completed;
  }

  /** @throws SluiceError `invalid-request` for a file that cannot be written, that is no result, or that another process writes */
  static async open(name: string, wanted: Shape): Promise<ResultFile> {
    const path = resolve(name);
    const unlock = await guarded(name, async () => lockFile(path));
    try {
      return await guarded(name, async () => {
        const old = existsSync(path) ? await readOld(path, name) : undefined;
        const extra = old?.columns.filter((column) => !wanted.columns.includes(column)) ?? [];
        const shape = { ...wanted, columns: [...wanted.columns, ...extra] };
        await rewrite(path, shape, old);
        const file = await open(path, 'a', 0o600);
        return new ResultFile({ path, shape, file, unlock, completed: old?.completed ?? new DigestMap() });
      });
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Where a row stands in the file; to be asked once for each row, in the manifest's order. */
  place(row: Row): string {
    return placeOf(rowDigest(row), this.#met);
  }

  /** True when the row is there as completed. */
  isCompleted(place: string): boolean {
    return this.#completed.get(place) !== undefined;
  }

  /** Writes what became of a row. @throws SluiceError when the file cannot be written any more */
  write(row: Row, place: string, fields: ResultFields): void {
    if (this.#fault !== undefined) throw this.#fault;
    const before = this.#completed.get(place);
    if (before !== undefined) {
      // A wrong row that was right before, or a job that is asked about while its file is gone: it is done all the same.
      if (fields.state !== 'completed' || before === jobNumber(fields.job)) return;
      this.#superseded = true;
    }
    this.#lines.push(lineOf(ownCells(row), fields, this.#shape));
    this.#timer ??= setTimeout(() => this.#flushSoon(), flushMs);
  }

  /** Everything is in the file, and on the disk. @throws SluiceError when it cannot be written */
  async close(): Promise<void> {
    try {
      clearTimeout(this.#timer);
      this.#flushSoon();
      await this.#writing;
      if (this.#fault !== undefined) throw this.#fault;
      await this.#file.datasync();
      if (this.#superseded) await rewrite(this.#path, this.#shape, await readKept(this.#path, 'all'));
    } finally {
      await this.#file.close();
      this.#unlock();
    }
  }

  #flushSoon(): void {
    this.#timer = undefined;
    const text = this.#lines.splice(0).join('');
    if (text === '') return;
    this.#writing = this.#writing.then(async () => {
      if (this.#fault !== undefined) return;
      try {
        await this.#file.appendFile(text);
      } catch (error) {
        this.#fault = fileFault(error, this.#path);
      }
    });
  }
}

/** What an earlier run left. Another file is not taken for it: all that is in it would be lost. */
async function readOld(path: string, name: string): Promise<Kept> {
  const { size } = await stat(path);
  if (size > 0 && !(await isResult(await openResult(path)))) {
    throw usageError(`--result ${name}: is there already and is no result of a batch; name another file`);
  }
  return readKept(path);
}

async function isResult({ format, heading, rows }: Manifest): Promise<boolean> {
  if (format === 'csv') return names.every((name) => heading.includes(name));
  // A process that died at its first line left only half of it.
  for await (const row of rows()) return isBad(row) || row.cells.state !== undefined;
  return true;
}

interface Kept {
  columns: string[];
  completed: DigestMap;
  rows(): AsyncIterable<Row>;
}

/** What stays of an earlier result: its completed rows, or with `all` every row but those that a later line stands in place of. */
async function readKept(path: string, which: 'completed' | 'all' = 'completed'): Promise<Kept> {
  const whole = await isWhole(path);
  const columns = new Set<string>();
  const met = new DigestMap();
  const completed = new DigestMap();
  const lastJob = new DigestMap();
  const stays = ({ cells }: Row) => which === 'all' || cells.state === 'completed';
  for await (const row of wholeRows(path, whole)) {
    for (const name of Object.keys(ownCells(row))) if (isColumn(name)) columns.add(name);
    if (!stays(row)) continue;
    const digest = rowDigest(row);
    lastJob.set(digest, jobOf(row));
    completed.set(placeOf(digest, met), jobOf(row));
  }
  const rows = async function* (): AsyncIterable<Row> {
    for await (const row of wholeRows(path, whole)) {
      if (stays(row) && lastJob.get(rowDigest(row)) === jobOf(row)) yield row;
    }
  };
  return { columns: [...columns], completed, rows };
}

/** Its rows, without what a dying process left of its last line. */
async function* wholeRows(path: string, whole: boolean): AsyncIterable<Row> {
  let held: Row | undefined;
  for await (const row of (await openResult(path)).rows()) {
    if (held !== undefined) yield held;
    held = isBad(row) ? undefined : row;
  }
  if (held !== undefined && whole) yield held;
}

function jobOf({ cells }: Row): number {
  return jobNumber(cellText(cells.job));
}

/** The same rows several times are several rows: the second of them has another place than the first. */
function placeOf(digest: string, met: DigestMap): string {
  const before = met.get(digest) ?? 0;
  met.set(digest, before + 1);
  return before === 0 ? digest : createHash('sha256').update(`${digest} ${before}`).digest('hex');
}

function jobNumber(job: string): number {
  return Number.parseInt(createHash('sha256').update(job).digest('hex').slice(0, 7), 16);
}

async function isWhole(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size === 0) return true;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer.toString('latin1') === '\n';
  } finally {
    await file.close();
  }
}

/** Writes the heading and what is kept beside the file, and puts it in its place at once. */
async function rewrite(path: string, shape: Shape, kept: Kept | undefined): Promise<void> {
  const beside = `${path}.new`;
  await rm(beside, { force: true });
  const output = await open(beside, 'w', 0o600);
  try {
    let text = headingOf(shape);
    for await (const row of kept?.rows() ?? []) {
      const { cells } = row;
      const fields = Object.fromEntries(names.map((name) => [name, cellText(cells[name])]));
      text += lineOf(ownCells(row), fields, shape);
      if (text.length < pieceLength) continue;
      await output.appendFile(text);
      text = '';
    }
    await output.appendFile(text);
    await output.datasync();
  } finally {
    await output.close();
  }
  await rename(beside, path);
}

function headingOf({ format, columns }: Shape): string {
  return format === 'csv' ? stringify([[...columns, ...names]]) : '';
}

function lineOf(
  cells: Record<string, JsonValue>,
  fields: Readonly<Record<string, string>>,
  { format, columns }: Shape,
): string {
  if (format === 'jsonl') {
    const filled = Object.entries(fields).filter(([, value]) => value !== '');
    return `${JSON.stringify({ ...cells, ...Object.fromEntries(filled) })}\n`;
  }
  return stringify([[...columns.map((column) => cellText(cells[column])), ...names.map((name) => fields[name] ?? '')]]);
}

async function guarded<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const fault = fileFault(error, `--result ${name}`);
    throw fault.code === 'unavailable' ? fault : usageError(fault.message);
  }
}

/** Asks whether two names are one file. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}
