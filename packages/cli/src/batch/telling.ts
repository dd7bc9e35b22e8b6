import { Recorder } from '../report/recorder.js';
import { writeReport } from '../report/write-report.js';
import type { BatchReporter, BatchScene } from './batch-reporter.js';
import { createBatchReporter } from './create-batch-reporter.js';
import type { ManifestRun } from './manifest-run.js';
import { Pace } from './pace.js';
import type { RowEnding } from './row-ending.js';
import { Tally } from './tally.js';
import { activityOf } from './waiting.js';

const sampleMs = 1_000;

/** Counts what becomes of the rows, and tells it: as it happens, and at the end on a page. */
export class Telling {
  readonly tally: Tally;
  readonly reporter: BatchReporter;
  readonly #title: string;
  readonly #report: string | undefined;
  readonly #pace = new Pace();
  readonly #recorder = new Recorder();
  #run: ManifestRun | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    { title, total }: { title: string; total: number | undefined },
    options: { json?: boolean; report?: string },
  ) {
    this.tally = new Tally(Date.now(), total);
    this.reporter = createBatchReporter(options);
    this.#title = title;
    this.#report = options.report;
    this.#pace.add(this.tally.since, 0);
  }

  watch(run: ManifestRun): void {
    this.#run = run;
    this.reporter.watch(() => this.scene());
    if (this.#report === undefined) return;
    this.#timer = setInterval(() => this.#sample(run), sampleMs);
    this.#timer.unref();
  }

  ended(ending: RowEnding): void {
    this.tally.add(ending);
    this.#pace.add(Date.now(), this.tally.worked);
    this.reporter.row(ending);
    if (this.#report !== undefined) this.#recorder.row(ending);
  }

  scene(): BatchScene {
    const now = Date.now();
    const status = this.#run?.status() ?? { read: 0, readAll: false, inHand: [], parked: 0, down: [] };
    return { tally: this.tally, status, rate: this.#pace.perSecond(now), now };
  }

  /** The last word, and the page. @param stopped why the run ended before its rows did */
  async finish(stopped: string | undefined): Promise<void> {
    clearInterval(this.#timer);
    const scene = this.scene();
    this.reporter.summary(scene);
    if (this.#report === undefined) return;
    const { tally, now } = scene;
    this.#recorder.finish(now, tally, activityOf(scene.status));
    await writeReport(this.#report, { title: this.#title, tally, recorder: this.#recorder, now, stopped });
    this.reporter.note(`the report is ${this.#report}`);
  }

  #sample(run: ManifestRun): void {
    this.#recorder.sample(Date.now(), this.tally, () => activityOf(run.status()));
  }
}
