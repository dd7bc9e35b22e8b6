import type { ImportEvent, ImportSnapshot, Progress } from '@sluice/core';
import { describeActivity } from './describe.js';
import type { Output, Reporter } from './reporter.js';
import { renderResult } from './result.js';
import { styleOf } from './style.js';
import { printable } from './text.js';

/** For logs and pipes: a line on standard error when something changes, the result on standard output. */
export class PlainReporter implements Reporter {
  readonly #output: Output;
  /** The last line about each job: the same is not said twice. */
  readonly #said = new Map<string, string>();

  constructor(output: Output) {
    this.#output = output;
  }

  added(snapshot: ImportSnapshot): void {
    this.#say(snapshot, describeActivity(snapshot, Date.now()));
  }

  happened(event: ImportEvent, snapshot: ImportSnapshot): void {
    // The result says the rest.
    if (event.type === 'job' || isOver(snapshot)) return;
    const what = describeEvent(event, snapshot);
    if (what !== undefined) this.#say(snapshot, what);
  }

  ended(snapshot: ImportSnapshot): void {
    this.#said.delete(snapshot.id);
    const lines = renderResult(snapshot, { style: styleOf(this.#output.stdout), now: Date.now() });
    this.#output.stdout.write(`${lines.join('\n')}\n`);
  }

  note(text: string): void {
    this.#output.stderr.write(`sluice: ${text}\n`);
  }

  close(): void {}

  #say(snapshot: ImportSnapshot, what: string): void {
    if (this.#said.get(snapshot.id) === what) return;
    this.#said.set(snapshot.id, what);
    this.#output.stderr.write(`${snapshot.id}  ${printable(snapshot.name)}  ${what}\n`);
  }
}

function isOver({ state }: ImportSnapshot): boolean {
  return state === 'completed' || state === 'failed' || state === 'canceled';
}

function describeEvent(event: ImportEvent, snapshot: ImportSnapshot): string | undefined {
  if (event.type === 'warning') return `warning: ${printable(event.warning.message)}`;
  return event.type === 'progress' ? coarseProgress(event.progress) : describeActivity(snapshot, Date.now());
}

/** In tenths: a log is no place for a bar. */
function coarseProgress({ done, total, unit }: Progress): string | undefined {
  const whole = unit === 'percent' ? 100 : total;
  return whole === undefined || whole <= 0 ? undefined : `${Math.floor((done * 10) / whole) * 10} %`;
}
