import type { ImportEvent, ImportSnapshot } from '@sluice/core';
import { renderFrame, type ShownJob } from './frame.js';
import { Rate } from './rate.js';
import type { Output, Reporter } from './reporter.js';
import { renderResult } from './result.js';
import { Screen } from './screen.js';
import { type Style, styleOf } from './style.js';

const frameMs = 100;

interface Followed extends ShownJob {
  counted: Rate;
}

/** For a terminal: a bar for each job on standard error, drawn at most ten times a second; results on standard output, above. */
export class TerminalReporter implements Reporter {
  readonly #output: Output;
  readonly #screen: Screen;
  readonly #style: Style;
  readonly #running = new Map<string, Followed>();
  readonly #timer: NodeJS.Timeout;
  readonly #since = Date.now();
  #done = 0;
  #failed = 0;

  constructor(output: Output) {
    this.#output = output;
    this.#screen = new Screen(output.stderr);
    this.#style = styleOf(output.stderr);
    this.#timer = setInterval(() => this.#draw(), frameMs);
    this.#timer.unref();
  }

  added(snapshot: ImportSnapshot): void {
    this.#running.set(snapshot.id, { snapshot, since: Date.parse(snapshot.createdAt), counted: new Rate() });
  }

  happened(event: ImportEvent, snapshot: ImportSnapshot): void {
    const followed = this.#running.get(event.job);
    if (followed === undefined) return;
    followed.snapshot = snapshot;
    if (snapshot.progress?.unit !== 'bytes') {
      followed.counted = new Rate();
      followed.rate = undefined;
    }
    if (event.type === 'progress' && event.progress.unit === 'bytes') {
      followed.counted.add(Date.now(), event.progress.done);
      followed.rate = followed.counted.perSecond();
    }
  }

  ended(snapshot: ImportSnapshot): void {
    this.#running.delete(snapshot.id);
    this.#done += 1;
    if (snapshot.state === 'failed' || snapshot.state === 'canceled') this.#failed += 1;
    const lines = renderResult(snapshot, { style: styleOf(this.#output.stdout), now: Date.now() });
    this.#above(() => this.#output.stdout.write(`${lines.join('\n')}\n`));
  }

  note(text: string): void {
    this.#above(() => this.#output.stderr.write(`sluice: ${text}\n`));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#screen.clear();
  }

  #above(print: () => void): void {
    this.#screen.clear();
    print();
    this.#draw();
  }

  #draw(): void {
    const scene = { running: [...this.#running.values()], done: this.#done, failed: this.#failed, since: this.#since };
    this.#screen.draw(renderFrame(scene, { ...this.#screen.size, style: this.#style }, Date.now()));
  }
}
