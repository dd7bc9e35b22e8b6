import type { ErrorFields, ImportSnapshot } from '@sluice/core';

/** What became of a row. */
export interface RowEnding {
  /** From 1. */
  number: number;
  line: number;
  /** What it is called. */
  name: string;
  /**
   * `ended`: its job went to its end; `skipped`: there was nothing to do; `refused`: it is wrong and has no job; `left`: its job is alive, and is
   * followed no longer.
   */
  kind: 'ended' | 'skipped' | 'refused' | 'left';
  snapshot?: ImportSnapshot | undefined;
  error?: Pick<ErrorFields, 'code' | 'message' | 'retry'> | undefined;
  /** Why there was nothing to do. */
  reason?: string | undefined;
  /** The number of an earlier row with the same job. */
  sameAs?: number | undefined;
}
