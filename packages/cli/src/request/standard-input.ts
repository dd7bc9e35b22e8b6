import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, read, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ByteInput, fromStream, type ImportRequest, type Source } from '@sluice/core';
import { usageError } from '../usage.js';
import type { RequestOptions } from './request-options.js';

const readAt = promisify(read);

/** How standard input is written as a SOURCE. */
export const standardInput = '-';

/**
 * Standard input before any of it was read.
 * @throws SluiceError `invalid-request` without a name: it has none of its own, and a provider tells the kind of media by it
 */
export function describeStandardInput({ name, expectSize }: RequestOptions): Source {
  if (name === undefined) throw usageError('SOURCE "-": standard input has no name of its own; give --name NAME');
  return { kind: 'bytes', name, ...(expectSize !== undefined && { size: expectSize }) };
}

/**
 * The request with standard input as its source. With `--expect-size` it goes straight on to the provider. Without, or where its
 * sha-256 is wanted first, it is kept on disk, for whoever takes it in wants to know its size first.
 */
export async function openStandardInput(request: ImportRequest, options: RequestOptions): Promise<ImportRequest> {
  const { name = '', expectSize: size } = options;
  if (process.stdin.isTTY) throw usageError('SOURCE "-": standard input is a terminal; lead a file or a pipe into it');
  const compute = options.expectSha256 === 'compute';
  if (size !== undefined && !compute) return { ...request, source: fromStream(process.stdin, { name, size }) };
  const { input, sha256 } = await spool(name);
  return { ...request, source: input, ...(compute && { expect: { ...request.expect, sha256 } }) };
}

/**
 * Takes standard input into a file that only this user can read and that has no name any more: it goes with the process, however
 * that ends. Its descriptor is left to the process for the same reason.
 */
async function spool(name: string): Promise<{ input: ByteInput; sha256: string }> {
  const file = openSpool();
  const hash = createHash('sha256');
  for await (const chunk of process.stdin) {
    hash.update(chunk);
    writeFully(file, chunk);
  }
  const sha256 = hash.digest('hex');
  const state = { size: fstatSync(file).size, fingerprint: `sha256-${sha256}` };
  const open: ByteInput['open'] = async () => ({
    ...state,
    seekable: true,
    read: async (target, position) => (await readAt(file, target, 0, target.byteLength, position)).bytesRead,
    look: async () => state,
    close: async () => undefined,
  });
  return { input: { kind: 'bytes', name, size: state.size, seekable: true, open }, sha256 };
}

function openSpool(): number {
  const path = join(tmpdir(), `sluice-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  try {
    unlinkSync(path);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return file;
}

function writeFully(file: number, chunk: Uint8Array): void {
  for (let written = 0; written < chunk.byteLength; ) written += writeSync(file, chunk, written);
}
