import { resolve } from 'node:path';
import { type Sluice, SluiceError } from '@sluice/core';
import { exitCode } from '../exit-code.js';
import { Interruption } from '../interruption.js';
import type { BadRow, Row } from '../manifest/row.js';
import type { RowReading } from '../manifest/row-request.js';
import { quoted } from '../output/text.js';
import { assertReportable } from '../report/write-report.js';
import { usageError } from '../usage.js';
import { count } from './batch-words.js';
import { ManifestRun } from './manifest-run.js';
import { isSameFile, ResultFile, type Shape } from './result-file.js';
import type { Tally } from './tally.js';
import { Telling } from './telling.js';

/** What `batch` and `push` take beside what they read. */
export interface BulkOptions {
  json?: boolean;
  result?: string;
  report?: string;
  timeout?: number;
  config?: string;
}

/** What is read. */
export interface BulkInput {
  /** What it is called. */
  title: string;
  /** The manifest, where it is a file. */
  path?: string | undefined;
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
  await assertApart(input.path, options);
  const result = options.result === undefined ? undefined : await ResultFile.open(options.result, input.shape);
  const interruption = new Interruption(options.timeout);
  const telling = new Telling(input, options);
  const run = new ManifestRun({
    ...{ sluice, rows: input.rows, reading: input.reading, passes: input.passes, result },
    signal: interruption.signal,
    ended: (ending) => telling.ended(ending),
  });
  telling.watch(run);
  const { tally, reporter } = telling;
  try {
    await untilDone(run, result);
  } catch (error) {
    if (!SluiceError.is(error) || tally.over + tally.left === 0) throw error;
    await telling.finish(error.message);
    reporter.note(`${error.message}; ${goOnWords(input)}`);
    return exitCode.failed;
  } finally {
    interruption.end();
    reporter.close();
  }
  const { reason } = interruption;
  if (reason === undefined && tally.over + tally.left === 0) reporter.note(`${input.title}: has no rows`);
  await telling.finish(reason === undefined ? undefined : reasons[reason]);
  if (reason === undefined && tally.retryable > 0) reporter.note(retryWords(tally, options.config));
  return codeOf(tally, interruption, () => reporter.note(`${reasons[reason ?? 'interrupted']}; ${goOnWords(input)}`));
}

/** Nothing is written over what is read, nor two things into one file. */
async function assertApart(manifest: string | undefined, { result, report }: BulkOptions): Promise<void> {
  if (manifest !== undefined && result !== undefined && (await isSameFile(manifest, result))) {
    throw usageError('--result: is the manifest itself; name another file');
  }
  if (report === undefined) return;
  if (result !== undefined && resolve(result) === resolve(report)) {
    throw usageError('--report: is the file of --result; name another one');
  }
  await assertReportable(report);
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

function retryWords({ retryable }: Tally, config: string | undefined): string {
  const where = config === undefined ? '' : ` --config ${quoted(config)}`;
  return `${count(retryable)} that failed may succeed: sluice retry --failed${where}, then the same command again`;
}

function goOnWords({ goOn }: BulkInput): string {
  const same = `sluice ${process.argv.slice(2).map(quoted).join(' ')}`;
  return `nothing is lost, and what is done is done. Go on with the same command${goOn === undefined ? '' : ` (${goOn})`}: ${same}`;
}
