import type { Unit } from './figure.js';

/** Medians as bars, every run as a dot: shows what to believe of the medians. */
export interface BarPlot {
  kind: 'bars';
  /** Also the file's name, in kebab-case. */
  name: string;
  title: string;
  unit: Unit;
  rows: { label: string; samples: number[]; ours: boolean }[];
}

/** How something grows. */
export interface LinePlot {
  kind: 'lines';
  /** Also the file's name, in kebab-case. */
  name: string;
  title: string;
  unit: Unit;
  /** What the x axis counts. */
  along: string;
  series: { label: string; points: { x: number; y: number }[] }[];
}

export type Plot = BarPlot | LinePlot;
