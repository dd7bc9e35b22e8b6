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

/** How fast, and how much longer at that rate. */
export function paceWords({ rate, tally }: BatchScene): string[] {
  if (rate === undefined) return [];
  const words = [`${rate >= 10 ? Math.round(rate) : rate.toFixed(1)} rows/s`];
  const open = tally.total === undefined ? undefined : tally.total - tally.over;
  return open === undefined || open <= 0 ? words : [...words, `${formatDuration((open / rate) * 1_000)} left`];
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}
