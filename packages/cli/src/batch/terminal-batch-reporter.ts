import type { ImportSnapshot } from '@sluice/core';
import { formatDuration } from '../output/format.js';
import type { ShownJob } from '../output/frame.js';
import { Rate } from '../output/rate.js';
import type { Output } from '../output/reporter.js';
import { Screen } from '../output/screen.js';
import { type Style, styleOf } from '../output/style.js';
import { renderBatch } from './batch-frame.js';
import type { BatchReporter, BatchScene } from './batch-reporter.js';
import { costWords, countWords } from './batch-words.js';
import type { RowEnding } from './row-ending.js';
import { Troubles } from './troubles.js';

const frameMs = 250;

/** For a terminal: the whole on standard error, drawn over itself; rows that fail stand above. */
export class TerminalBatchReporter implements BatchReporter {
  readonly #output: Output;
  readonly #troubles = new Troubles();
  readonly #screen: Screen;
  readonly #style: Style;
  readonly #rates = new Map<string, { rate: Rate; at: number }>();
  #scene: (() => BatchScene) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#output = output;
    this.#screen = new Screen(output.stderr);
    this.#style = styleOf(output.stderr);
  }

  row(ending: RowEnding): void {
    const trouble = this.#troubles.lineFor(ending);
    if (trouble !== undefined) this.#above(`${this.#style.bad('✗')} ${trouble}\n`);
  }

  watch(scene: () => BatchScene): void {
    this.#scene = scene;
    this.#timer = setInterval(() => this.#draw(), frameMs);
    this.#timer.unref();
  }

  note(text: string): void {
    this.#above(`sluice: ${text}\n`);
  }

  summary(scene: BatchScene): void {
    for (const line of this.#troubles.rest()) this.note(line);
    this.#scene = undefined;
    this.#screen.clear();
    const style = styleOf(this.#output.stdout);
    const { tally, now } = scene;
    const mark = tally.anyFailed ? style.bad('✗') : tally.left > 0 ? style.accent('…') : style.good('✓');
    const words = [...countWords(scene), ...costWords(scene), `took ${formatDuration(now - tally.since)}`];
    this.#output.stdout.write(`${mark} ${words.join(' · ')}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#screen.clear();
  }

  #above(text: string): void {
    this.#screen.clear();
    this.#output.stderr.write(text);
    this.#draw();
  }

  #draw(): void {
    if (this.#scene === undefined) return;
    const scene = this.#scene();
    const canvas = { ...this.#screen.size, style: this.#style };
    this.#screen.draw(renderBatch(scene, canvas, (snapshot) => this.#seen(snapshot, scene.now)));
    for (const [id, { at }] of this.#rates) if (at < scene.now - 5_000) this.#rates.delete(id);
  }

  #seen(snapshot: ImportSnapshot, now: number): ShownJob {
    const known = this.#rates.get(snapshot.id) ?? { rate: new Rate(), at: now };
    known.at = now;
    this.#rates.set(snapshot.id, known);
    if (snapshot.progress?.unit === 'bytes') known.rate.add(now, snapshot.progress.done);
    return { snapshot, since: Date.parse(snapshot.startedAt ?? snapshot.createdAt), rate: known.rate.perSecond() };
  }
}
