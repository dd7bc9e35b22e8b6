import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { JsonValue } from '@sluice/core';
import { usageError } from '../usage.js';
import { columnProblem, isColumn } from './columns.js';
import type { BadRow, Row } from './row.js';

/** Characters: a line that is longer is no row. */
const longestLine = 16 * 1024 * 1024;

/** Reads rows of JSON, an object a line. `meta` and `option` may be objects, or written with dots as in CSV. */
export async function* readJsonRows(
  bytes: Readable,
  options: { label: string; strict: boolean },
): AsyncIterable<Row | BadRow> {
  let line = 0;
  let number = 0;
  for await (const text of linesOf(bytes, options.label)) {
    line += 1;
    const bare = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (bare.trim() === '') continue;
    number += 1;
    yield readLine(bare, { number, line }, options.strict);
  }
}

function readLine(text: string, place: { number: number; line: number }, strict: boolean): Row | BadRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the line, which may hold a signed URL or a password.
    return { ...place, problem: 'is no JSON' };
  }
  if (!isObject(value)) return { ...place, problem: 'is no JSON object' };
  const cells = flatten(value);
  const strange = strict ? Object.keys(cells).find((name) => !isColumn(name)) : undefined;
  return strange === undefined ? { ...place, cells } : { ...place, problem: columnProblem(strange) };
}

function flatten(value: Record<string, JsonValue>): Record<string, JsonValue> {
  const cells = Object.entries(value).flatMap(([name, inner]): [string, JsonValue][] => {
    const family = name === 'meta' || name === 'option' || name === 'x';
    if (family && isObject(inner)) return Object.entries(inner).map(([key, one]) => [`${name}.${key}`, one]);
    return [[name, inner]];
  });
  return Object.fromEntries(cells.filter(([, inner]) => inner !== null && inner !== ''));
}

function isObject(value: unknown): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function* linesOf(bytes: Readable, label: string): AsyncIterable<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of bytes) {
    rest += decoder.write(chunk);
    if (!rest.includes('\n')) {
      if (rest.length > longestLine)
        throw usageError(`${label}: a line is longer than ${longestLine} characters: this is no JSONL`);
      continue;
    }
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}
