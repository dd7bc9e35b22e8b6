import type { Figure } from './figure.js';
import type { Plot } from './plot.js';

/** How a benchmark is run. */
export interface BenchmarkOptions {
  /** Take the time that the great numbers take. */
  full: boolean;
  /** Told what is being measured now. */
  progress: (text: string) => void;
}

/** What came of a benchmark. */
export interface Measured {
  figures: Figure[];
  plots: Plot[];
  /** How it was measured, for who reads the figures: numbers of jobs, of runs. */
  notes: string[];
  /** What could not be measured here, and why. */
  missed: string[];
}

/** One thing to measure: a word of the command. */
export interface Benchmark {
  name: string;
  title: string;
  run(options: BenchmarkOptions): Promise<Measured>;
}
