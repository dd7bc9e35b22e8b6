import type { Readable } from 'node:stream';
import type { JsonValue } from '@sluice/core';
import { type CsvError, parse } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import { usageError } from '../usage.js';
import { columnProblem, isColumn } from './columns.js';
import type { BadRow, Row } from './row.js';

/** A row that is longer is a quote that was never closed. Bytes. */
const longestRow = 16 * 1024 * 1024;

interface Read {
  record: string[];
  info: { lines: number };
}

/** Reads rows of CSV: with or without a byte order mark, with commas, semicolons or tabs, quotes, and line ends of any kind. */
export class CsvRows {
  readonly #delimiter: string;
  readonly #label: string;
  /** Only a manifest is held to its columns. */
  readonly #strict: boolean;

  constructor(options: { head: string; label: string; strict: boolean }) {
    this.#delimiter = delimiterOf(options.head);
    this.#label = options.label;
    this.#strict = options.strict;
  }

  /** @throws SluiceError `invalid-request` for a heading that makes no sense */
  async *read(bytes: Readable): AsyncIterable<Row | BadRow> {
    const skipped: CsvError[] = [];
    const parser = parse({
      bom: true,
      delimiter: this.#delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: longestRow,
      on_skip: (error) => {
        if (error !== undefined) skipped.push(error);
      },
    });
    bytes.once('error', (error) => parser.destroy(error));
    bytes.pipe(parser);
    const numbers = new RowNumbers();
    let heading: string[] | undefined;
    try {
      for await (const { record, info } of recordsOf(parser)) {
        const line = info.lines - lineEndsIn(record);
        if (skipped.length > 0) yield numbers.bad(...describeFaults(skipped.splice(0), line - 1));
        if (heading === undefined) heading = this.#readHeading(record);
        else yield readRow(record, { heading, line, numbers });
      }
    } finally {
      bytes.unpipe(parser);
      bytes.destroy();
    }
    if (skipped.length > 0) yield numbers.bad(...describeFaults(skipped));
    if (heading === undefined) this.#readHeading([]);
  }

  #readHeading(record: string[]): string[] {
    const heading = record.map((name) => name.trim());
    const strange = heading.find((name) => !isColumn(name));
    if (!this.#strict) return heading;
    if (heading.length === 0)
      throw usageError(`${this.#label}: is empty; its first line must name the columns, such as "source"`);
    if (!heading.includes('source'))
      throw usageError(
        `${this.#label}: the first line must name the columns, and one of them must be "source"${strange === undefined ? '' : `; ${columnProblem(strange)}`}`,
      );
    if (strange !== undefined)
      throw usageError(`${this.#label}: ${columnProblem(strange)}; for one of your own, write "x.${strange}"`);
    const twice = heading.find((name, index) => heading.indexOf(name) !== index);
    if (twice !== undefined) throw usageError(`${this.#label}: column "${twice}" is there twice`);
    return heading;
  }
}

class RowNumbers {
  #last = 0;

  next(): number {
    this.#last += 1;
    return this.#last;
  }

  bad(line: number, problem: string): BadRow {
    return { number: this.next(), line, problem };
  }
}

function readRow(
  record: string[],
  { heading, line, numbers }: { heading: string[]; line: number; numbers: RowNumbers },
): Row | BadRow {
  if (record.length !== heading.length) {
    const missing = heading.slice(record.length).join(', ');
    const rule = record.length < heading.length ? `nothing for ${missing}` : 'is a comma not quoted?';
    return numbers.bad(line, `has ${record.length} fields, and the heading ${heading.length} (${rule})`);
  }
  const filled = heading.map((name, index): [string, JsonValue] => [name, record[index] ?? '']);
  return { number: numbers.next(), line, cells: Object.fromEntries(filled.filter(([, value]) => value !== '')) };
}

async function* recordsOf(parser: AsyncIterable<unknown>): AsyncIterable<Read> {
  for await (const read of parser) if (isRead(read)) yield read;
}

function isRead(read: unknown): read is Read {
  return typeof read === 'object' && read !== null && 'record' in read && 'info' in read;
}

/** Where it went wrong, and how. Where quotes are wrong nobody knows where the next row begins: all up to the next readable one is lost. */
function describeFaults([first]: CsvError[], lastLine?: number): [line: number, problem: string] {
  const line = typeof first?.lines === 'number' ? first.lines : 0;
  const lost =
    lastLine === undefined
      ? '; nothing after it can be read'
      : lastLine > line
        ? `; lines ${line} to ${lastLine} cannot be read`
        : '';
  return [line, `${faults[first?.code ?? ''] ?? first?.message ?? 'cannot be read'}${lost}`];
}

const faults: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'a quote ends in the middle of a field: write it twice, or put the whole field in quotes',
  INVALID_OPENING_QUOTE:
    'a quote stands in the middle of a field: put the whole field in quotes, and write quotes within it twice',
  CSV_MAX_RECORD_SIZE: `is longer than ${longestRow / 1024 / 1024} MiB: is a quote never closed?`,
};

function lineEndsIn(record: string[]): number {
  let count = 0;
  for (const field of record) for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The columns that the beginning of a file names; none for a file of another form. */
export function headingOf(head: string): string[] {
  const [line] = parseNow(
    head
      .replace(/^\uFEFF/, '')
      .trimStart()
      .split(/\r?\n/, 1)[0] ?? '',
    {
      delimiter: delimiterOf(head),
      relax_quotes: true,
      relax_column_count: true,
      to: 1,
    },
  );
  return line?.map((name) => name.trim()) ?? [];
}

/** What stands between the columns of the heading. */
function delimiterOf(head: string): string {
  const line = head.split(/\r?\n/, 1)[0] ?? '';
  if (line.includes(',')) return ',';
  return [';', '\t'].find((delimiter) => line.includes(delimiter)) ?? ',';
}
