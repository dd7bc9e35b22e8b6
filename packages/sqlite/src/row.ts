import type { Row } from './database.js';

/** The value of a column that holds a text. */
export function text(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== 'string') throw unexpected(column, 'text');
  return value;
}

/** The value of a column that holds a number. */
export function number(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== 'number') throw unexpected(column, 'number');
  return value;
}

/** The value of a column that holds a text or nothing. */
export function optionalText(row: Row | undefined, column: string): string | undefined {
  return row?.[column] === null ? undefined : text(row, column);
}

/** The value of a column that holds a number or nothing. */
export function optionalNumber(row: Row | undefined, column: string): number | undefined {
  return row?.[column] === null ? undefined : number(row, column);
}

/** The value of a column that holds bytes or nothing. */
export function optionalBytes(row: Row | undefined, column: string): Uint8Array | undefined {
  const value = row?.[column];
  if (value === null || value instanceof Uint8Array) return value ?? undefined;
  // libsql's `all` gives them so, unlike its `get`.
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw unexpected(column, 'bytes');
}

function unexpected(column: string, expected: string): Error {
  return new Error(`column ${column} holds no ${expected}: the file was changed by another program`);
}
