import { formatCost, formatDuration } from '../output/format.js';
import type { BatchScene } from './batch-reporter.js';

/** How many rows ended how, what is left, and what it cost. */
export function countWords({ tally }: Pick<BatchScene, 'tally'>): string[] {
  const { completed, failed, refused, skipped, failedBefore, left } = tally;
  const skippedWord =
    failedBefore > 0
      ? `${count(skipped)} skipped (${count(failedBefore)} of them failed before)`
      : `${count(skipped)} skipped`;
  return [
    `${count(completed)} completed`,
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(refused > 0 ? [`${count(refused)} refused`] : []),
    ...(skipped > 0 ? [skippedWord] : []),
    ...(left > 0 ? [`${count(left)} left running`] : []),
  ];
}

/** What it cost so far, by unit. */
export function costWords({ tally }: Pick<BatchScene, 'tally'>): string[] {
  return [...tally.costs].map(([unit, amount]) => formatCost({ amount: Math.round(amount * 1_000) / 1_000, unit }));
}

/** How fast, and how much longer at that rate: nobody knows how long a provider is down. */
export function paceWords({ rate, tally, status }: BatchScene): string[] {
  if (rate === undefined) return [];
  const words = [`${rate >= 10 ? Math.round(rate) : rate.toFixed(1)} rows/s`];
  const open = tally.total === undefined ? undefined : tally.total - tally.over;
  if (open === undefined || open <= 0) return words;
  const least = status.down.length > 0 ? 'at least ' : '';
  return [...words, `${least}${formatDuration((open / rate) * 1_000)} left`];
}

/** What is wrong with a row that would overwrite an earlier one. */
export function rivalWords(earlier: number): string {
  return `name: row ${earlier} has the same place at the provider, and one would overwrite the other; give each a name of its own`;
}

/** `1 row`, `2,000 rows`. */
export function rowsText(rows: number): string {
  return `${count(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}
