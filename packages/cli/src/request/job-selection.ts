import type { JobFilter } from '@sluice/core';
import { type Command, InvalidArgumentError } from 'commander';
import { ageOf } from './duration.js';

/** Which jobs, as the command line says it. */
export interface JobSelection {
  provider?: string;
  name?: string;
  /** Epoch milliseconds. */
  since?: number;
}

/** Adds the options of {@link JobSelection}. */
export function addSelectionOptions(command: Command): Command {
  return command
    .option('--provider <name>', 'only those of this provider')
    .option('--name <text>', 'only those with this in their names')
    .option('--since <when>', 'only those created since then: 30m, 2h, 7d, or 2026-01-31T12:00Z', parseSince);
}

/** The same for the library. */
export function filterOf({ provider, name, since }: JobSelection): JobFilter {
  return {
    ...(provider !== undefined && { provider }),
    ...(name !== undefined && { name }),
    ...(since !== undefined && { since }),
  };
}

function parseSince(text: string): number {
  const at = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Date.now() - ageOf(text);
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('It is a time such as 2026-01-31T12:00Z, or how long ago, such as 2h or 7d.');
}
