import type { ImportEvent, ImportSnapshot, JsonObject } from '@sluice/core';
import { eventLine, jobLine } from './job-line.js';
import type { Output, Reporter } from './reporter.js';

/** One JSON object a line on standard output, and nothing else there. */
export class JsonReporter implements Reporter {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  added(): void {}

  happened(event: ImportEvent, snapshot: ImportSnapshot): void {
    const line = eventLine(event, snapshot);
    if (line !== undefined) this.#print(line);
  }

  ended(snapshot: ImportSnapshot): void {
    this.#print(jobLine(snapshot));
  }

  note(text: string): void {
    this.#output.stderr.write(`sluice: ${text}\n`);
  }

  close(): void {}

  #print(line: JsonObject): void {
    this.#output.stdout.write(`${JSON.stringify(line)}\n`);
  }
}
