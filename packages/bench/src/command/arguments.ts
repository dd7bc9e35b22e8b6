import { parseArgs } from 'node:util';

/** What the command was asked for. */
export type Wish = { do: 'help' } | { do: 'run'; names: string[]; full: boolean };

/** Reads the command's arguments. @throws Error that names what is wrong */
export function readArguments(input: string[], known: readonly string[]): Wish {
  const options = { full: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args: input, options, allowPositionals: true });
  if (values.help) return { do: 'help' };
  const strangers = positionals.filter((name) => !known.includes(name));
  if (strangers.length > 0)
    throw new Error(`no benchmark is called ${strangers.join(', ')}; there are ${known.join(', ')}`);
  return { do: 'run', names: positionals.length === 0 ? [...known] : positionals, full: values.full };
}

export function helpText(known: readonly string[]): string {
  return [
    `npm run bench -- [${known.join('|')}]… [--full]`,
    '',
    'Measures Sluice beside its peers, prints each figure with its bar, and writes a report to packages/bench/report.',
    '',
    '  --full   the great numbers: 100,000 jobs on the emulator in place of 10,000, 2,000 rows killed 10 times, 5,000 with faults',
    '',
  ].join('\n');
}
