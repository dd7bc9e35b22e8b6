import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { usageError } from '../usage.js';
import { CsvRows, headingOf } from './csv-rows.js';
import { readJsonRows } from './json-rows.js';
import type { BadRow, Row } from './row.js';

/** How rows are written. */
export type Format = 'csv' | 'jsonl';

/** A manifest that was found and looked into. */
export interface Manifest {
  /** As it was named, for messages. */
  label: string;
  /** Absolute; absent for standard input, which can be read only once. */
  path?: string;
  format: Format;
  /** What relative paths in it count from. */
  folder: string;
  /** What stands in the first line of CSV. */
  heading: string[];
  /** Reads it from its beginning. */
  rows(): AsyncIterable<Row | BadRow>;
}

const headLength = 64 * 1024;

/** Opens a manifest; `-` is standard input. @throws SluiceError `invalid-request` when it cannot be read */
export async function openManifest(name: string): Promise<Manifest> {
  return name === '-' ? openStandardInput() : openFile(name, { strict: true });
}

/** Opens a result, which is read whatever its columns are called. */
export function openResult(name: string): Promise<Manifest> {
  return openFile(name, { strict: false });
}

async function openFile(name: string, { strict }: { strict: boolean }): Promise<Manifest> {
  const path = resolve(name);
  const head = await readHead(name, path);
  const rows = () => readRows(createReadStream(path, { highWaterMark: 256 * 1024 }), { head, label: name, strict });
  return { label: name, path, format: formatOf(head), folder: dirname(path), heading: headingOf(head), rows };
}

async function readHead(name: string, path: string): Promise<string> {
  try {
    if (!(await stat(path)).isFile()) throw usageError(`${name}: is no file; a manifest that is piped is named -`);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0);
      return textOf(buffer.subarray(0, bytesRead), name);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
    if (error.code === 'ENOENT') throw usageError(`${name}: there is no such file`);
    if (error.code === 'EACCES') throw usageError(`${name}: may not be read`);
    throw error;
  }
}

/** What Excel calls "Unicode text" is UTF-16. Where single characters are of another encoding, their rows say so. */
function textOf(head: Buffer, label: string): string {
  const mark = head.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff' || head.includes(0))
    throw usageError(`${label}: is no UTF-8; save it as UTF-8`);
  return head.toString('utf8');
}

async function openStandardInput(): Promise<Manifest> {
  const iterator = process.stdin[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head: Buffer = first.done === true ? Buffer.alloc(0) : Buffer.from(first.value);
  const bytes = Readable.from(chunksOf(head, iterator), { objectMode: false });
  const text = textOf(head, 'standard input');
  return {
    label: 'standard input',
    format: formatOf(text),
    folder: process.cwd(),
    heading: headingOf(text),
    rows: () => readRows(bytes, { head: text, label: 'standard input', strict: true }),
  };
}

async function* chunksOf(head: Buffer, rest: AsyncIterator<unknown>): AsyncIterable<Buffer> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    if (next.value instanceof Uint8Array) yield Buffer.from(next.value);
  }
}

function readRows(bytes: Readable, options: { head: string; label: string; strict: boolean }) {
  return formatOf(options.head) === 'jsonl' ? readJsonRows(bytes, options) : new CsvRows(options).read(bytes);
}

/** No heading of CSV begins with a brace. */
function formatOf(head: string): Format {
  return /^\uFEFF?\s*\{/.test(head) ? 'jsonl' : 'csv';
}
