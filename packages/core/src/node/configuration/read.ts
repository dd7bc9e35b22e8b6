import { readFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as z from 'zod';
import { invalidInput } from '../../model/issues.js';
import { type Environment, fillEnvironment } from './environment.js';
import { findJsonFault } from './json-fault.js';
import { configurationProblem } from './problem.js';
import { configurationSchema } from './schema.js';

/** A configuration that was read and fits the schema; no package was loaded yet. */
export interface ReadConfiguration {
  /** Absolute path. */
  file: string;
  /** What relative paths count from. */
  directory: string;
  content: z.output<typeof configurationSchema>;
}

/**
 * Reads a configuration: the file, its environment variables, its fields.
 * @throws SluiceError `invalid-request` with the file, the field (for JSON also line and column), the rule and the way out
 */
export async function readConfiguration(file: string, env: Environment = process.env): Promise<ReadConfiguration> {
  const value = fillEnvironment({ file, value: await readValue(file), env });
  const parsed = configurationSchema.safeParse(value);
  if (!parsed.success) {
    const known = Object.keys(configurationSchema.shape);
    throw configurationProblem({ file }, invalidInput(parsed.error, { known }).message);
  }
  return { file, directory: dirname(file), content: parsed.data };
}

async function readValue(file: string): Promise<unknown> {
  const extension = extname(file);
  if (extension === '.json') return parseJson(file, await readText(file));
  const loaded = extension.endsWith('ts') ? await importTypeScript(file) : await importModule(file);
  if (loaded.default === undefined) {
    throw configurationProblem({ file }, 'has no default export; write "export default { providers: { … } }"');
  }
  return loaded.default;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw configurationProblem({ file }, `cannot be read (${errorCode(cause)})`, { cause });
  }
}

function parseJson(file: string, text: string): unknown {
  const bare = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(bare);
  } catch {
    const { line, column, expected } = findJsonFault(bare);
    throw configurationProblem({ file: `${file}:${line}:${column}` }, `is not JSON: expected ${expected} here`);
  }
}

async function importModule(file: string): Promise<{ default?: unknown }> {
  try {
    const loaded: { default?: unknown } = await import(pathToFileURL(file).href);
    return loaded;
  } catch (cause) {
    throw configurationProblem({ file }, `could not be loaded: ${messageOf(cause)}`, { cause });
  }
}

/** With jiti where it is installed, so that a configuration means the same on every Node; else with Node's own type stripping. */
async function importTypeScript(file: string): Promise<{ default?: unknown }> {
  const jiti = await import('jiti').catch(() => undefined);
  if (jiti === undefined) {
    if ('typescript' in process.features && process.features.typescript !== false) return importModule(file);
    throw configurationProblem({ file }, 'TypeScript needs one more package here: npm install jiti');
  }
  try {
    return await jiti.createJiti(file).import<{ default?: unknown }>(file);
  } catch (cause) {
    throw configurationProblem({ file }, `could not be loaded: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
}
