import { formatDuration } from '../output/format.js';
import type { Output } from '../output/reporter.js';
import type { BatchReporter, BatchScene } from './batch-reporter.js';
import { costWords, count, countWords, paceWords } from './batch-words.js';
import type { RowEnding } from './row-ending.js';
import { Troubles } from './troubles.js';
import { activityOf, describeWaiting } from './waiting.js';

const everyMs = 10_000;

/** For logs and pipes: a line on standard error for a row that fails, one for the whole when something changed, and the sum on standard output. */
export class PlainBatchReporter implements BatchReporter {
  readonly #output: Output;
  readonly #troubles = new Troubles();
  #timer: NodeJS.Timeout | undefined;
  #said = '';

  constructor(output: Output) {
    this.#output = output;
  }

  row(ending: RowEnding): void {
    const trouble = this.#troubles.lineFor(ending);
    if (trouble !== undefined) this.note(trouble);
  }

  watch(scene: () => BatchScene): void {
    this.#timer = setInterval(() => this.#say(scene()), everyMs);
    this.#timer.unref();
  }

  note(text: string): void {
    this.#output.stderr.write(`sluice: ${text}\n`);
  }

  summary(scene: BatchScene): void {
    for (const line of this.#troubles.rest()) this.note(line);
    const { tally, now } = scene;
    const words = [...countWords(scene), ...costWords(scene), `took ${formatDuration(now - tally.since)}`];
    this.#output.stdout.write(`${words.join(' · ')}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #say(scene: BatchScene): void {
    const { tally, status, now } = scene;
    const total = tally.total === undefined ? '' : ` of ${count(tally.total)}`;
    const waiting = describeWaiting(activityOf(status), status.down, now);
    const words = [
      `${count(tally.over)}${total} rows over (${countWords(scene).join(', ')})`,
      ...paceWords(scene),
      ...costWords(scene),
      ...(waiting.length > 0 ? [`waiting: ${waiting.join(', ')}`] : []),
    ].join(' · ');
    if (words === this.#said) return;
    this.#said = words;
    this.note(words);
  }
}
