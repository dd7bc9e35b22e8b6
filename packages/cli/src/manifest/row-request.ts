import { isAbsolute, join } from 'node:path';
import type { Expect, ImportRequest, JsonObject, JsonValue, Metadata, SourceInput } from '@sluice/core';
import { SluiceError } from '@sluice/core';
import { jsonOrText } from '../request/assignments.js';
import { parseSource } from '../request/parse-source.js';
import { isResultColumn } from './columns.js';
import { cellText, type Row } from './row.js';

/** What a row that does not say it itself is given. */
export type RowDefaults = Omit<ImportRequest, 'source' | 'name' | 'key' | 'expect'>;

/** How rows become requests. */
export interface RowReading {
  /** What relative paths count from. */
  folder: string;
  defaults: RowDefaults;
  /** The adapter of a provider's name, or of the default one; undefined where it is not configured. */
  adapterOf(provider: string | undefined): string | undefined;
}

/**
 * The request that a row asks for.
 * @throws SluiceError `invalid-request` that begins with the column
 */
export function requestOf(row: Row, { folder, defaults, adapterOf }: RowReading): ImportRequest {
  const { cells } = row;
  assertReadable(cells);
  const provider = text(cells, 'provider') ?? defaults.provider;
  const name = text(cells, 'name');
  const key = text(cells, 'key');
  const priority = wholeNumber(cells, 'priority') ?? defaults.priority;
  const ifExists = choice(cells, 'if_exists', ['replace', 'skip', 'fail'] as const) ?? defaults.ifExists;
  const route =
    choice(cells, 'route', ['auto', 'direct', 'presign', 'relay', 'stage', 'put'] as const) ?? defaults.route;
  const expect = expectOf(cells);
  const metadata = metadataOf(cells, defaults.metadata);
  const options = optionsOf(cells, adapterOf(provider), defaults.options);
  return {
    source: sourceOf(cells, folder),
    ...(provider !== undefined && { provider }),
    ...(name !== undefined && { name }),
    ...(key !== undefined && { key }),
    ...(expect !== undefined && { expect }),
    ...(metadata !== undefined && { metadata }),
    ...(priority !== undefined && { priority }),
    ...(ifExists !== undefined && { ifExists }),
    ...(route !== undefined && { route }),
    ...(options !== undefined && { options }),
  };
}

type Cells = Row['cells'];

/** A name that lost a letter on the way would be another name at the provider. */
function assertReadable(cells: Cells): void {
  for (const [column, value] of Object.entries(cells)) {
    if (typeof value === 'string' && value.includes('\uFFFD') && !isResultColumn(column)) {
      throw wrong(column, 'has a character that is no UTF-8; save the file as UTF-8');
    }
  }
}

function wrong(column: string, rule: string): SluiceError {
  return new SluiceError({ code: 'invalid-request', message: `${column}: ${rule}` });
}

function text(cells: Cells, column: string): string | undefined {
  const value = cells[column];
  if (value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw wrong(column, 'must be a text');
}

function sourceOf(cells: Cells, folder: string): SourceInput {
  const source = text(cells, 'source');
  if (source === undefined) throw wrong('source', 'is empty');
  if (source === '-') throw wrong('source', 'standard input is no source of a row');
  const isUrl = /^[a-z][a-z0-9+.-]*:/i.test(source);
  return parseSource(isUrl || isAbsolute(source) ? source : join(folder, source));
}

function wholeNumber(cells: Cells, column: string): number | undefined {
  const value = text(cells, column);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value.trim()) && Number.isSafeInteger(number)) return number;
  throw wrong(column, 'must be a whole number from 0');
}

function choice<Choice extends string>(cells: Cells, column: string, choices: readonly Choice[]): Choice | undefined {
  const value = text(cells, column);
  if (value === undefined) return undefined;
  const chosen = choices.find((one) => one === value);
  if (chosen === undefined) throw wrong(column, `must be one of ${choices.join(', ')}`);
  return chosen;
}

function expectOf(cells: Cells): Expect | undefined {
  const size = wholeNumber(cells, 'size');
  const sha256 = text(cells, 'sha256')?.trim();
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) throw wrong('sha256', 'must be 64 hex digits');
  if (size === undefined && sha256 === undefined) return undefined;
  return { ...(size !== undefined && { size }), ...(sha256 !== undefined && { sha256 }) };
}

function metadataOf(cells: Cells, defaults: Metadata | undefined): Metadata | undefined {
  const given = family(cells, 'meta.').map(([name, value]): [string, JsonValue] => {
    if (name === 'title' || name === 'description') return [name, cellText(value)];
    return [name, name === 'tags' ? tagsOf(value) : readValue(value)];
  });
  return given.length === 0 ? defaults : { ...defaults, ...Object.fromEntries(given) };
}

function tagsOf(value: JsonValue): JsonValue {
  const read = readValue(value);
  if (Array.isArray(read)) return read;
  return cellText(value)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function optionsOf(
  cells: Cells,
  adapter: string | undefined,
  defaults: RowDefaults['options'],
): RowDefaults['options'] | undefined {
  const given = family(cells, 'option.');
  if (given.length === 0 || adapter === undefined) return defaults;
  const shared: JsonObject = { ...defaults };
  const known = shared[adapter];
  const own: JsonObject = isObject(known) ? structuredClone(known) : {};
  for (const [name, value] of given) put(own, name, readValue(value));
  return { ...shared, [adapter]: own };
}

function put(root: JsonObject, name: string, value: JsonValue): void {
  const path = name.split('.');
  const last = path.pop() ?? '';
  let current = root;
  for (const step of [...path, last]) {
    if (step === '' || step === '__proto__') throw wrong(`option.${name}`, 'is no name');
  }
  for (const step of path) {
    const next = current[step];
    if (next !== undefined && !isObject(next)) throw wrong(`option.${name}`, `${step} has a value of its own`);
    const inner: JsonObject = next ?? {};
    current[step] = inner;
    current = inner;
  }
  current[last] = value;
}

function family(cells: Cells, prefix: string): [string, JsonValue][] {
  return Object.entries(cells).flatMap(([name, value]): [string, JsonValue][] =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
  );
}

/** A text is read as on the command line; what is no text was read already. */
function readValue(value: JsonValue): JsonValue {
  return typeof value === 'string' ? jsonOrText(value) : value;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
