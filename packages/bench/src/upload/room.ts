import type { Files } from './files.js';
import type { Native } from './native.js';

/** What every section of the benchmark shares. */
export interface Room {
  native: Native;
  files: Files;
  /** The great grid. */
  full: boolean;
  progress(text: string): void;
}
