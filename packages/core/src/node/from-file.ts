import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SluiceError } from '../model/error.js';
import type { Source } from '../model/source.js';

/**
 * A file as a source: its absolute path, its size in bytes and the time of its last change in epoch milliseconds, so that it can
 * be opened again in another process and a change in between is noticed.
 * @param path relative paths count from the working directory
 * @throws SluiceError `invalid-request` when there is no such file, it may not be read, or it is no regular one
 */
export function fromFile(path: string): Source {
  const absolute = resolve(path);
  const stats = statsOf(absolute);
  if (stats === undefined) throw invalid(`source: there is no file at "${path}" that can be read`);
  if (!stats.isFile()) throw invalid(`source: "${path}" is ${stats.isDirectory() ? 'a folder' : 'no regular file'}`);
  return { kind: 'file', path: absolute, size: stats.size, modifiedAt: Math.trunc(stats.mtimeMs) };
}

function statsOf(path: string): Stats | undefined {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path);
  } catch {
    return undefined;
  }
}

function invalid(message: string): SluiceError {
  return new SluiceError({ code: 'invalid-request', message });
}
