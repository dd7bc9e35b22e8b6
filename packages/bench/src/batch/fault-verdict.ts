import type { Emulator, FiredFault } from '@sluice/emulator';
import * as z from 'zod';
import { type FaultRow, importsAtOnce, looksInWindow, startsInWindow } from './fault-rows.js';
import type { Sightings } from './fault-sightings.js';

/** A line of the result. */
export const resultLineSchema = z.looseObject({
  name: z.string(),
  state: z.string(),
  error_code: z.string().default(''),
});
export type ResultLine = z.output<typeof resultLineSchema>;

/** The ends that faults bring about: a 404 or a 401 to the start, the provider's own no, an import that never ends, an answer that is lost for good. */
const explained = new Set(['not-found', 'auth', 'source-unreachable', 'stalled', 'timeout', 'unknown']);

/** The calls of which the provider keeps something, and what leaves open whether it did. */
const effects = new Set(['start', 'create', 'add', 'asset', 'upload-session', 'index-asset', 'import']);
const leavesOpen = /^(error-408|error-5|reset|lost-answer|not-json|cut-body)/;

/** Rows by what became of them, such as `failed: not-found`. */
export function outcomesOf(result: readonly ResultLine[]): Map<string, number> {
  const outcomes = new Map<string, number>();
  for (const { state, error_code } of result) {
    const outcome = error_code === '' ? state : `${state}: ${error_code}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return outcomes;
}

/** Rows that are lost or doubled, that ended in a way that no fault explains, or that were imported more than once. */
export function wrongRows(
  rows: readonly FaultRow[],
  result: readonly ResultLine[],
  about: { seen: Sightings; fired: readonly FiredFault[] },
): number {
  const names = new Set(result.map(({ name }) => name));
  const lost = rows.filter(({ name }) => !names.has(name)).length;
  const doubled = result.length - names.size;
  const strange = result.filter((line) => !isRight(line)).length;
  const unknown = result.filter(({ error_code }) => error_code === 'unknown').length;
  const open = about.fired.filter(({ rule }) => effects.has(rule.on) && leavesOpen.test(rule.kind));
  const unexplained = Math.max(0, unknown - timesOf(open));
  const twice = Math.max(0, importedTwice(about.seen) - timesOf(about.fired.filter(isLie)));
  return lost + doubled + strange + unexplained + twice;
}

/** Rows that the emulator took an import of more than once. */
export function importedTwice({ imports }: Sightings): number {
  return [...imports.values()].filter((times) => times > 1).length;
}

/** Importly's own 500 is a refusal, by its page: where the emulator took the start all the same, nobody can know it. */
function isLie({ rule }: FiredFault): boolean {
  return rule.on === 'start' && rule.kind === 'error-500-after';
}

function timesOf(fired: readonly FiredFault[]): number {
  return fired.reduce((sum, one) => sum + one.fired, 0);
}

function isRight({ state, error_code }: ResultLine): boolean {
  return state === 'completed' || (state === 'failed' && explained.has(error_code));
}

/** How often a limit was passed, by the emulator's own books. An import that stalls keeps its place there for good. */
export function limitsPassed({ importly, firework, twelvelabs }: Emulator): number {
  const { refused429, peakConcurrent, perWindowPeak } = importly.counts();
  const stalled = importly.imports().filter(({ status }) => status === 'running').length;
  const over = [
    peakConcurrent - importsAtOnce - stalled,
    perWindowPeak.starts - startsInWindow.max,
    perWindowPeak.statuses - looksInWindow.max,
    ...[refused429, firework.counts().refused429, twelvelabs.counts().refusedBusy],
  ];
  return over.reduce((sum, one) => sum + Math.max(0, one), 0);
}
