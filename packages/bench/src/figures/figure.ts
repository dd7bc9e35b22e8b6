/** What an amount is counted in. `times` is a ratio; `ms more` is a difference of two times. */
export type Unit =
  | 'ms'
  | 'ms more'
  | 'B'
  | 'KB'
  | 'MB'
  | 'MiB'
  | 'MB/s'
  | 's'
  | 'packages'
  | 'rows'
  | 'calls'
  | 'jobs/s'
  | 'times';

/** A number with its unit. */
export interface Amount {
  value: number;
  unit: Unit;
}

/** What a figure has to keep to, in the figure's own unit. */
export interface Bar {
  is: 'at most' | 'at least';
  value: number;
}

/** One line of the table: what was measured, what it is held against, and what comes of the two. */
export interface Figure {
  what: string;
  /** Sluice's own amount, a median. */
  ours: Amount;
  /** What stands beside it in the same run, a median too. */
  peer?: Amount & { name: string };
  /** What is judged: a ratio to the peer, a difference from it, or our amount where the limit is a fixed one. */
  figure: Amount;
  /** Absent for what is only told. */
  bar?: Bar;
}

/** Whether a figure keeps to its bar; undefined where there is none. */
export function isMet({ figure, bar }: Figure): boolean | undefined {
  if (bar === undefined) return undefined;
  return bar.is === 'at most' ? figure.value <= bar.value : figure.value >= bar.value;
}

/** An amount as a person reads it: three digits that count, and the unit. */
export function amountText({ value, unit }: Amount): string {
  if (unit === 'times') return digits(value);
  if (unit === 'ms more') return `${value < 0 ? '−' : '+'}${digits(Math.abs(value))} ms`;
  return `${whole.has(unit) ? thousands(value) : digits(value)} ${unit}`;
}

/** A bar as a person reads it. */
export function barText({ is, value }: Bar, unit: Unit): string {
  const name = unit === 'ms more' ? 'ms' : unit;
  return `${is === 'at most' ? '≤' : '≥'} ${value.toLocaleString('en-US')}${unit === 'times' ? '' : ` ${name}`}`;
}

/** Nobody has half a package. */
const whole = new Set<Unit>(['B', 'packages', 'rows', 'calls']);

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return thousands(value);
  if (size >= 10) return value.toFixed(1);
  return size >= 1 ? value.toFixed(2) : value.toFixed(3);
}
