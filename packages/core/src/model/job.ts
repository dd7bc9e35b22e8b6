import type { ImportEvent } from './event.js';
import type { ImportSnapshot } from './record.js';

/** How long to wait, and how to stop waiting. */
export interface WaitOptions {
  /** Milliseconds; without it, until the job ends. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** The public handle of a job: a view of its record, the same for every adapter. */
export interface ImportJob {
  readonly id: string;
  /** What this process knows now; brought up to date by `wait`, `events` and `refresh`. */
  readonly snapshot: ImportSnapshot;
  /**
   * Carries the job on until it ends.
   * @returns the snapshot of the completed job; some of its items may have failed, see {@link ImportJob.assertAll}
   * @throws SluiceError the job's own error when it failed or was canceled; `timeout` when the time ran out and `aborted`
   *   when the signal fired, both with the job alive; a call's error (such as `auth`) when the provider keeps refusing to say how
   *   the job stands, the job being alive too
   */
  wait(options?: WaitOptions): Promise<ImportSnapshot>;
  /** Carries the job on as {@link ImportJob.wait} does and yields what happens; ends after the `job` event. */
  events(options?: { signal?: AbortSignal }): AsyncIterable<ImportEvent>;
  /** Asks now: one look at the provider where one is possible, else a fresh read of the record. */
  refresh(): Promise<ImportSnapshot>;
  /**
   * Cancels the job: at once before its start, by asking the provider after it.
   * @param options.abandon stop following a job that the provider cannot cancel; it may still run and bill there
   * @throws SluiceError `unsupported` where the provider cannot cancel
   */
  cancel(options?: { abandon?: boolean }): Promise<ImportSnapshot>;
  /** @throws SluiceError the first failed item's error, naming how many failed, when any item failed */
  assertAll(): void;
}
