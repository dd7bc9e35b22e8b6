import { type Sluice, SluiceError } from '@sluice/core';
import { exitCode } from '../exit-code.js';
import { quoted } from '../follow.js';
import { Interruption } from '../interruption.js';
import type { BadRow, Row } from '../manifest/row.js';
import type { RowReading } from '../manifest/row-request.js';
import type { BatchScene } from './batch-reporter.js';
import { createBatchReporter } from './create-batch-reporter.js';
import { ManifestRun } from './manifest-run.js';
import { Pace } from './pace.js';
import { ResultFile, type Shape } from './result-file.js';
import { Tally } from './tally.js';

/** What `batch` and `push` take beside what they read. */
export interface BulkOptions {
  json?: boolean;
  result?: string;
  report?: string;
  timeout?: number;
}

/** What is read. */
export interface BulkInput {
  rows: () => AsyncIterable<Row | BadRow>;
  reading: RowReading;
  /** How many rows there are, where that is known. */
  total: number | undefined;
  passes: (string | undefined)[] | undefined;
  shape: Shape;
  /** What has to be said with the same command to go on, such as "pipe the same manifest again". */
  goOn?: string;
}

/** Brings rows through to their ends, and tells it on the terminal, in the result and in the report. */
export async function runBulk(sluice: Sluice, input: BulkInput, options: BulkOptions): Promise<number> {
  const result = options.result === undefined ? undefined : await ResultFile.open(options.result, input.shape);
  const reporter = createBatchReporter(options);
  const interruption = new Interruption(options.timeout);
  const tally = new Tally(Date.now(), input.total);
  const pace = new Pace();
  pace.add(tally.since, 0);
  const run = new ManifestRun({
    ...{ sluice, rows: input.rows, reading: input.reading, passes: input.passes, result },
    signal: interruption.signal,
    ended: (ending) => {
      tally.add(ending);
      pace.add(Date.now(), tally.worked);
      reporter.row(ending);
    },
  });
  const scene = (): BatchScene => {
    const now = Date.now();
    return { tally, status: run.status(), rate: pace.perSecond(now), now };
  };
  reporter.watch(scene);
  try {
    await untilDone(run, result);
  } catch (error) {
    if (!SluiceError.is(error) || tally.over + tally.left === 0) throw error;
    reporter.summary(scene());
    reporter.note(`${error.message}. ${goOnWords(input)}`);
    return exitCode.failed;
  } finally {
    interruption.end();
    reporter.close();
  }
  reporter.summary(scene());
  return codeOf(tally, interruption, () =>
    reporter.note(`${reasons[interruption.reason ?? 'interrupted']}; ${goOnWords(input)}`),
  );
}

const reasons = { interrupted: 'interrupted', timeout: 'the time is up' };

/** The result is closed in any case; the first error counts. */
async function untilDone(run: ManifestRun, result: ResultFile | undefined): Promise<void> {
  let failed = false;
  try {
    await run.run();
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    await result?.close().catch((error: unknown) => {
      if (!failed) throw error;
    });
  }
}

function codeOf(tally: Tally, { reason }: Interruption, sayHow: () => void): number {
  if (reason === 'interrupted' || (reason === 'timeout' && tally.left > 0)) sayHow();
  if (reason === 'interrupted') return exitCode.interrupted;
  if (reason === 'timeout' && tally.left > 0) return exitCode.running;
  return tally.anyFailed || tally.left > 0 ? exitCode.failed : exitCode.completed;
}

function goOnWords({ goOn }: BulkInput): string {
  const same = `sluice ${process.argv.slice(2).map(quoted).join(' ')}`;
  return `nothing is lost, and what is done is done. Go on with the same command${goOn === undefined ? '' : ` (${goOn})`}: ${same}`;
}
