import type { ImportSnapshot, Progress } from '@sluice/core';
import { describeActivity, isWaiting } from './describe.js';
import { formatBytes, formatCost, formatDuration } from './format.js';
import type { Style } from './style.js';
import { cutEnd, cutMiddle, padEnd, printable, width } from './text.js';

/** One job that is shown while it runs. */
export interface ShownJob {
  snapshot: ImportSnapshot;
  /** Epoch milliseconds: when this display first saw it. */
  since: number;
  /** Bytes a second, where bytes are counted. */
  rate?: number | undefined;
}

/** What there is to draw. */
export interface Scene {
  /** Those that are not over, in the order in which they came. */
  running: ShownJob[];
  /** How many are over, and how many of these failed. */
  done: number;
  failed: number;
  /** Epoch milliseconds: when the first one came. */
  since: number;
}

/** Where it is drawn. */
export interface Canvas {
  columns: number;
  rows: number;
  style: Style;
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const spinnerMs = 100;
const widestBar = 24;
const narrowestBar = 6;
const widestName = 36;
/** Columns for `312 MB of 1.3 GB · 48.2 MB/s · 12m 30s left`. */
const neededTail = 44;

/**
 * One line for each running job, and one for the whole when there are several. No line is wider than the terminal, there are no more
 * than it has rows, and time comes in from outside: the same scene gives the same lines.
 */
export function renderFrame(scene: Scene, canvas: Canvas, now: number): string[] {
  const total = scene.running.length + scene.done;
  if (scene.running.length === 0) return [];
  const room = Math.max(1, canvas.rows - 3);
  const shown = mostInteresting(scene.running, room);
  const nameColumns = Math.max(...shown.map(({ snapshot }) => width(nameOf(snapshot))));
  const lines = shown.map((job) => renderJob(job, { canvas, nameColumns, now }));
  const hidden = scene.running.length - shown.length;
  if (hidden > 0) lines.push(canvas.style.dim(cutEnd(`  … and ${hidden} more`, canvas.columns - 1)));
  if (total > 1) lines.push(renderWhole(scene, canvas, now));
  return lines;
}

/** Those that move come before those that wait for their turn. */
function mostInteresting(running: ShownJob[], room: number): ShownJob[] {
  if (running.length <= room) return running;
  const rank = ({ snapshot }: ShownJob) => Number(isWaiting(snapshot));
  return [...running].sort((a, b) => rank(a) - rank(b)).slice(0, room);
}

function renderJob(job: ShownJob, place: { canvas: Canvas; nameColumns: number; now: number }): string {
  const { canvas, now } = place;
  const { style } = canvas;
  const room = canvas.columns - 1;
  const nameRoom = Math.min(place.nameColumns, widestName, Math.max(6, Math.floor(room * 0.3)));
  const mark = spinner[Math.floor((now - job.since) / spinnerMs) % spinner.length] ?? '';
  const name = padEnd(cutMiddle(nameOf(job.snapshot), nameRoom), nameRoom);
  const amount = formatAmount(job.snapshot.progress);
  const time = formatDuration(now - job.since);
  const fixed = `${mark} ${name}  `;
  // The narrower the terminal, the more of the end is cut off: what moves comes first.
  const words = [amount, ...speed(job), time, describeActivity(job.snapshot, now), ...costs(job)];
  const tail = words.filter((word) => word !== '').join(' · ');
  const barRoom = Math.min(widestBar, room - width(fixed) - 1 - Math.min(width(tail), neededTail));
  const bar = barRoom < narrowestBar ? '' : `${renderBar(job, { columns: barRoom, style, now })} `;
  const tailRoom = room - width(fixed) - (bar === '' ? 0 : barRoom + 1);
  if (tailRoom < 1) return cutEnd(fixed.trimEnd(), room);
  return `${style.accent(mark)} ${name}  ${bar}${cutEnd(tail, tailRoom)}`;
}

function nameOf(snapshot: ImportSnapshot): string {
  return printable(snapshot.name);
}

/** Filled as far as it is known to be; a piece that wanders where nobody knows. */
function renderBar({ snapshot, since }: ShownJob, bar: { columns: number; style: Style; now: number }): string {
  const share = shareOf(snapshot.progress);
  const { columns, style } = bar;
  if (share === undefined) {
    const piece = Math.max(2, Math.floor(columns / 5));
    const at = Math.floor((bar.now - since) / spinnerMs) % (columns - piece + 1);
    return style.dim('─'.repeat(at)) + style.accent('━'.repeat(piece)) + style.dim('─'.repeat(columns - piece - at));
  }
  const filled = Math.round(share * columns);
  return style.accent('━'.repeat(filled)) + style.dim('─'.repeat(columns - filled));
}

function shareOf(progress: Progress | undefined): number | undefined {
  if (progress === undefined) return undefined;
  const total = progress.unit === 'percent' ? 100 : progress.total;
  if (total === undefined || total <= 0) return undefined;
  return Math.min(1, Math.max(0, progress.done / total));
}

function formatAmount(progress: Progress | undefined): string {
  if (progress === undefined) return '';
  const { done, total, unit } = progress;
  if (unit === 'percent') return `${Math.floor(done)} %`;
  const show = (value: number) => (unit === 'bytes' ? formatBytes(value) : String(value));
  return total === undefined ? show(done) : `${show(done)} of ${show(total)}`;
}

/** How fast bytes move, and how much longer at that rate. */
function speed({ snapshot: { progress }, rate }: ShownJob): string[] {
  if (progress?.unit !== 'bytes' || rate === undefined || rate <= 0) return [];
  const moving = `${formatBytes(rate)}/s`;
  if (progress.total === undefined) return [moving];
  return [moving, `${formatDuration(((progress.total - progress.done) * 1_000) / rate)} left`];
}

function costs({ snapshot: { cost } }: ShownJob): string[] {
  return cost === undefined ? [] : [formatCost(cost)];
}

function renderWhole({ running, done, failed, since }: Scene, { columns, style }: Canvas, now: number): string {
  const total = running.length + done;
  const waiting = running.filter(({ snapshot }) => isWaiting(snapshot)).length;
  const words = [
    `${done} of ${total} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${running.length - waiting} running`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    formatDuration(now - since),
  ].join(' · ');
  const barRoom = Math.min(widestBar, columns - 4 - width(words));
  if (barRoom < narrowestBar) return style.bold(cutEnd(`  ${words}`, columns - 1));
  const filled = Math.round((done / total) * barRoom);
  return `  ${style.good('━'.repeat(filled))}${style.dim('─'.repeat(barRoom - filled))} ${style.bold(words)}`;
}
