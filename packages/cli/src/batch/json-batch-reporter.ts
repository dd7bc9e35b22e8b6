import type { JsonObject } from '@sluice/core';
import { jobLine } from '../output/job-line.js';
import type { Output } from '../output/reporter.js';
import type { BatchReporter, BatchScene } from './batch-reporter.js';
import type { RowEnding } from './row-ending.js';
import { activityOf } from './waiting.js';

const everyMs = 5_000;

/**
 * One JSON object a line on standard output: a `job` line with its row for each job, a `row` line for a row that has none or shares an
 * earlier row's, a `batch` line for the whole now and then and as the last one.
 */
export class JsonBatchReporter implements BatchReporter {
  readonly #output: Output;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  row({ number: row, line, kind, snapshot, error, reason, sameAs }: RowEnding): void {
    const place = { row, line, outcome: kind };
    const why = reason === undefined ? {} : { reason };
    if (snapshot !== undefined && sameAs === undefined) {
      this.#print({ ...jobLine(snapshot), ...place, ...why });
      return;
    }
    const said = error === undefined ? null : { code: error.code, message: error.message, retry: error.retry };
    this.#print({ type: 'row', ...place, ...why, job: snapshot?.id ?? null, sameAs: sameAs ?? null, error: said });
  }

  watch(scene: () => BatchScene): void {
    this.#timer = setInterval(() => this.#print(batchLine(scene(), false)), everyMs);
    this.#timer.unref();
  }

  note(text: string): void {
    this.#output.stderr.write(`sluice: ${text}\n`);
  }

  summary(scene: BatchScene): void {
    this.#print(batchLine(scene, true));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #print(line: JsonObject): void {
    this.#output.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

function batchLine({ tally, status, rate }: BatchScene, last: boolean): JsonObject {
  const { completed, failed, refused, skipped, failedBefore, left, total, costs } = tally;
  const { moving, atProvider, limit, provider, network, turn } = activityOf(status);
  return {
    type: 'batch',
    last,
    rows: { total: total ?? null, completed, failed, refused, skipped, failedBefore, left },
    inHand: { moving, atProvider, limit, provider, network, turn },
    down: status.down.map((one) => one.provider),
    rowsPerSecond: rate ?? null,
    costs: Object.fromEntries(costs),
  };
}
