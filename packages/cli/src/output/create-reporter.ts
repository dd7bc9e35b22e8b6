import { JsonReporter } from './json-reporter.js';
import { PlainReporter } from './plain-reporter.js';
import { isDrawable, type Output, type Reporter } from './reporter.js';
import { TerminalReporter } from './terminal-reporter.js';

/** JSON lines when asked; a display where standard error is a terminal that can be drawn on; else plain lines. */
export function createReporter(options: { json?: boolean | undefined }, output: Output = process): Reporter {
  if (options.json === true) return new JsonReporter(output);
  return isDrawable(output.stderr) ? new TerminalReporter(output) : new PlainReporter(output);
}
