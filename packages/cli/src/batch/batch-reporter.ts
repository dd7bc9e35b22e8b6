import type { BatchStatus } from '@sluice/core';
import type { RowEnding } from './row-ending.js';
import type { Tally } from './tally.js';

/** What there is to tell of a batch as a whole. */
export interface BatchScene {
  tally: Tally;
  status: BatchStatus;
  /** Rows a second. */
  rate: number | undefined;
  /** Epoch milliseconds. */
  now: number;
}

/** Tells a person or a program what becomes of a batch. */
export interface BatchReporter {
  /** A row is over, or is followed no longer. Once for each. */
  row(ending: RowEnding): void;
  /** Asked for the scene whenever it wants to draw. */
  watch(scene: () => BatchScene): void;
  /** A line for a person, on standard error. */
  note(text: string): void;
  /** The last word. */
  summary(scene: BatchScene): void;
  close(): void;
}
