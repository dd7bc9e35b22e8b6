import type { ImportEvent, ImportSnapshot } from '@sluice/core';

/** Tells a person or a program what becomes of the jobs. */
export interface Reporter {
  /** A job is followed from here on. */
  added(snapshot: ImportSnapshot): void;
  /** @param snapshot as it is after the event */
  happened(event: ImportEvent, snapshot: ImportSnapshot): void;
  /** The job's last line: it is over, or is followed no longer. Exactly once for each job that was added. */
  ended(snapshot: ImportSnapshot): void;
  /** A line for a person, about no job's state: on standard error, whatever the format. */
  note(text: string): void;
  /** Nothing more comes. */
  close(): void;
}

/** Where a reporter writes. */
export interface Output {
  stdout: Stream;
  stderr: Stream;
}

/** What a reporter needs of a stream. */
export interface Stream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  hasColors?(): boolean;
}

/** A terminal that can be drawn on. */
export function isDrawable({ isTTY }: Stream): boolean {
  return isTTY === true && process.env.TERM !== 'dumb';
}
