import { isDrawable, type Output } from '../output/reporter.js';
import type { BatchReporter } from './batch-reporter.js';
import { JsonBatchReporter } from './json-batch-reporter.js';
import { PlainBatchReporter } from './plain-batch-reporter.js';
import { TerminalBatchReporter } from './terminal-batch-reporter.js';

/** JSON lines when asked; a display where standard error is a terminal that can be drawn on; else plain lines. */
export function createBatchReporter(options: { json?: boolean | undefined }, output: Output = process): BatchReporter {
  if (options.json === true) return new JsonBatchReporter(output);
  return isDrawable(output.stderr) ? new TerminalBatchReporter(output) : new PlainBatchReporter(output);
}
