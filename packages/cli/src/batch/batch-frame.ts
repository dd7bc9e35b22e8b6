import type { ImportSnapshot } from '@sluice/core';
import { formatDuration } from '../output/format.js';
import type { Canvas, ShownJob } from '../output/frame.js';
import { renderFrame } from '../output/frame.js';
import { cutEnd, width } from '../output/text.js';
import type { BatchScene } from './batch-reporter.js';
import { costWords, count, countWords, paceWords } from './batch-words.js';
import { activityOf, describeWaiting } from './waiting.js';

const widestBar = 40;
const narrowestBar = 6;
/** So many of the rows that move have a line of their own. */
const mostLines = 8;

/** A few rows that move, what the others wait for, and the whole. The same scene gives the same lines. */
export function renderBatch(scene: BatchScene, canvas: Canvas, seen: (snapshot: ImportSnapshot) => ShownJob): string[] {
  const { status, now } = scene;
  const { style, columns, rows } = canvas;
  const activity = activityOf(status);
  const room = Math.max(0, Math.min(mostLines, rows - 6));
  const moving = [...status.inHand]
    .filter(({ phase, state }) => phase === 'transfer' && state === 'running')
    .slice(0, room);
  const bars =
    moving.length === 0
      ? []
      : renderFrame(
          { running: moving.map(seen), done: 0, failed: 0, since: now },
          { ...canvas, rows: room + 3 },
          now,
        ).slice(0, moving.length);
  const waiting = describeWaiting(activity, status.down, now);
  const busy = [
    ...(activity.moving > 0 ? [`${count(activity.moving)} sending`] : []),
    ...(activity.atProvider > 0 ? [`${count(activity.atProvider)} at the provider`] : []),
    ...waiting.map((words) =>
      status.down.length > 0 && words.includes('does not answer') ? words : `waiting ${words}`,
    ),
  ];
  return [
    ...bars,
    ...(busy.length === 0 ? [] : [style.dim(cutEnd(`  ${busy.join(' · ')}`, columns - 1))]),
    renderWhole(scene, canvas),
    cutEnd(`  ${[...countWords(scene), ...costWords(scene)].join(' · ')}`, columns - 1),
  ];
}

function renderWhole(scene: BatchScene, { style, columns }: Canvas): string {
  const { tally, now } = scene;
  const { total, over } = tally;
  const words = [
    total === undefined ? `${count(over)} rows over` : `${count(over)} of ${count(total)}`,
    ...paceWords(scene),
    formatDuration(now - tally.since),
  ].join(' · ');
  const barRoom = Math.min(widestBar, columns - 5 - width(words));
  if (total === undefined || total === 0 || barRoom < narrowestBar)
    return style.bold(cutEnd(`  ${words}`, columns - 1));
  const columnsOf = (share: number) => Math.round((share / total) * barRoom);
  const good = columnsOf(over - tally.failed - tally.refused - tally.failedBefore);
  const bad = Math.min(barRoom - good, columnsOf(over) - good);
  const bar = `${style.good('━'.repeat(good))}${style.bad('━'.repeat(bad))}${style.dim('─'.repeat(barRoom - good - bad))}`;
  return `  ${bar} ${style.bold(words)}`;
}
