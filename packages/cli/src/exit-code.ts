/** What the command's exit code says. */
export const exitCode = {
  /** Everything completed, or was done. */
  completed: 0,
  /** A job, or an item of one, failed or was canceled; for `doctor`: a check failed. */
  failed: 1,
  /** Usage or configuration: no job was created, and standard output is empty. */
  usage: 2,
  /** The time-out passed with jobs still running. */
  running: 3,
  /** Ctrl-C: everything is resumable. */
  interrupted: 130,
} as const;
