import type { Cost } from '@sluice/core';
import { hasFailed } from '../outcome.js';
import type { RowEnding } from './row-ending.js';

/** How many rows ended how. */
export class Tally {
  completed = 0;
  failed = 0;
  refused = 0;
  /** Done before, by this command or another. */
  skipped = 0;
  /** Of those skipped: failed or canceled before. */
  failedBefore = 0;
  /** Of those that failed, in this run or before: another attempt may help. */
  retryable = 0;
  /** Alive, and followed no longer. */
  left = 0;
  /** What those that completed in this run cost, by unit. */
  readonly costs = new Map<string, number>();
  /** All rows, where somebody has counted them. */
  total: number | undefined;
  /** Epoch milliseconds. */
  readonly since: number;

  constructor(since: number, total?: number) {
    this.since = since;
    this.total = total;
  }

  add({ kind, snapshot, sameAs }: RowEnding): void {
    const failed = snapshot !== undefined && hasFailed(snapshot);
    if (snapshot?.state === 'failed' && snapshot.error?.retry !== 'never') this.retryable += 1;
    if (kind === 'left') this.left += 1;
    if (kind === 'refused') this.refused += 1;
    if (kind === 'skipped') this.skipped += 1;
    if (kind === 'skipped' && failed) this.failedBefore += 1;
    if (kind !== 'ended') return;
    if (failed) this.failed += 1;
    else this.completed += 1;
    if (snapshot?.cost !== undefined && sameAs === undefined) this.#addCost(snapshot.cost);
  }

  /** Rows that are over. */
  get over(): number {
    return this.completed + this.failed + this.refused + this.skipped;
  }

  /** Rows that went to their ends in this run. */
  get worked(): number {
    return this.completed + this.failed;
  }

  get anyFailed(): boolean {
    return this.failed + this.refused + this.failedBefore > 0;
  }

  #addCost({ amount, unit }: Cost): void {
    this.costs.set(unit, (this.costs.get(unit) ?? 0) + amount);
  }
}
