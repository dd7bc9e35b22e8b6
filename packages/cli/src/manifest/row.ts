import { createHash } from 'node:crypto';
import type { JsonValue } from '@sluice/core';
import { isResultColumn } from './columns.js';

/** One row of a manifest: what stands in its columns, the empty ones left out. */
export interface Row {
  /** From 1, the heading not counted. */
  number: number;
  /** Of the file, from 1. */
  line: number;
  cells: Readonly<Record<string, JsonValue>>;
}

/** A row that cannot be read. */
export interface BadRow {
  number: number;
  line: number;
  problem: string;
}

/** True for a row that cannot be read. */
export function isBad(row: Row | BadRow): row is BadRow {
  return 'problem' in row;
}

/** A cell as a text. */
export function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A row without what a result adds to it. */
export function ownCells({ cells }: Row): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(cells).filter(([name]) => !isResultColumn(name)));
}

/** What a row of a manifest and the same row of a result have in common: hex. */
export function rowDigest(row: Row): string {
  const texts = Object.entries(ownCells(row))
    .map(([name, value]) => [name, cellText(value)])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}

/** `row 3`, and where its line is another one, as in most CSV files, `row 3 (line 4)`. */
export function describeRow({ number, line }: { number: number; line: number }): string {
  return number === line ? `row ${number}` : `row ${number} (line ${line})`;
}
