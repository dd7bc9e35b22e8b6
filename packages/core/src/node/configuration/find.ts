import { existsSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { SluiceError } from '../../model/error.js';
import { configurationProblem } from './problem.js';

const names = ['sluice.config.ts', 'sluice.config.js', 'sluice.config.json'];
const extensions = ['.ts', '.mts', '.js', '.mjs', '.json'];

/**
 * The configuration's absolute path: `config` where it is given, else the nearest `sluice.config.{ts,js,json}` from `cwd` upwards.
 * @throws SluiceError `invalid-request` when there is none, or two in one folder
 */
export function findConfiguration(options: { config?: string | undefined; cwd?: string | undefined }): string {
  const start = resolve(options.cwd ?? process.cwd());
  if (options.config !== undefined) return namedFile(resolve(start, options.config));
  for (let folder = start; ; folder = dirname(folder)) {
    const found = names.filter((name) => existsSync(join(folder, name)));
    if (found.length > 1) throw configurationProblem({ file: folder }, `holds ${found.join(' and ')}: keep one`);
    if (found[0] !== undefined) return join(folder, found[0]);
    if (folder === dirname(folder)) throw nowhere(start);
  }
}

function namedFile(file: string): string {
  if (!existsSync(file)) throw configurationProblem({ file }, 'there is no such file');
  if (!extensions.includes(extname(file))) {
    throw configurationProblem({ file }, `a configuration ends in ${extensions.join(', ')}`);
  }
  return file;
}

function nowhere(start: string): SluiceError {
  return new SluiceError({
    code: 'invalid-request',
    message: `no configuration: neither "${start}" nor a folder above it has a sluice.config.ts, .js or .json; write one, or name its file`,
  });
}
