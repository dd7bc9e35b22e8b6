import { createSluice } from '../engine/create.js';
import type { Sluice, SluiceOptions } from '../engine/sluice.js';
import { SluiceError } from '../model/error.js';
import { findConfiguration } from './configuration/find.js';
import { type OpenOptions, openConfiguration } from './configuration/open.js';
import { configurationProblem } from './configuration/problem.js';
import { readConfiguration } from './configuration/read.js';

/** What {@link loadSluice} takes. */
export interface LoadOptions extends OpenOptions {
  /** The configuration's file; without it, the nearest `sluice.config.{ts,js,json}` from `cwd` upwards. */
  config?: string;
  /** Default: the working directory. */
  cwd?: string;
  /** What stands in place of, or beside, what the configuration says. */
  overrides?: Partial<Omit<SluiceOptions, 'providers'>>;
}

/**
 * Makes a client from a configuration file, loading exactly the packages that it names. They are looked for beside the
 * configuration, then from the working directory.
 * @throws SluiceError `invalid-request` in one line: the file, the field, the rule and the way out
 */
export async function loadSluice(options: LoadOptions = {}): Promise<Sluice> {
  const file = findConfiguration(options);
  const configuration = await readConfiguration(file, options.env);
  const opened = await openConfiguration(configuration, options);
  try {
    return createSluice({ ...opened, ...options.overrides });
  } catch (error) {
    if (!SluiceError.is(error)) throw error;
    throw configurationProblem({ file }, error.message, { code: error.code, cause: error });
  }
}
