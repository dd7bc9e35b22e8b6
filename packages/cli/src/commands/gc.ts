import type { Collected, JsonObject, Stray } from '@sluice/core';
import { exitCode } from '../exit-code.js';
import { Interruption } from '../interruption.js';
import { formatBytes } from '../output/format.js';
import { printable } from '../output/text.js';
import type { CommonOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';

/** What `sluice gc` takes. */
export interface GcCommandOptions extends CommonOptions {
  /** Milliseconds. */
  olderThan: number;
  dryRun?: boolean;
}

/** `sluice gc`: takes away what was left behind and nobody will ask for; exit code 1 when some of it could not be. */
export async function gcCommand({ olderThan, dryRun = false, ...options }: GcCommandOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const interruption = new Interruption();
    const collected = await sluice.gc({ olderThanMs: olderThan, dryRun, signal: interruption.signal });
    interruption.end();
    const lines = options.json === true ? jsonLines(collected) : describe(collected, dryRun);
    process.stdout.write(`${lines.join('\n')}\n`);
    const left = collected.problems.length > 0 || collected.strays.some(({ error }) => error !== undefined);
    return left ? exitCode.failed : exitCode.completed;
  });
}

function jsonLines({ strays, swept, problems }: Collected): string[] {
  const lines: JsonObject[] = strays.map((stray) => ({ type: 'stray', ...stray }));
  const { messages, parts } = swept ?? {};
  const store = swept === undefined ? {} : { messages, parts };
  return [...lines, { type: 'gc', ...store, strays: strays.length, problems }].map((line) => JSON.stringify(line));
}

function describe({ strays, swept, problems }: Collected, dryRun: boolean): string[] {
  const taken = strays.filter(({ error }) => error === undefined).length;
  const verb = dryRun ? 'would be removed' : 'removed';
  return [
    ...strays.map((stray) => describeStray(stray, verb)),
    ...problems.map((problem) => `the staging bucket could not be looked through: ${printable(problem)}`),
    ...(swept === undefined
      ? []
      : [
          `in the store: ${swept.messages} deliveries for jobs that never came or read long ago, and ${swept.parts} parts of uploads that are over, forgotten`,
        ]),
    `in the staging bucket: ${taken} ${verb}`,
  ];
}

function describeStray({ what, name, size, since, error }: Stray, verb: string): string {
  const which =
    what === 'object' ? `${printable(name)} (${formatBytes(size ?? 0)})` : `open upload of ${printable(name)}`;
  return `${which}, since ${since}: ${error === undefined ? verb : printable(error)}`;
}
