import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@sluice/emulator';
import type { Benchmark, Measured } from '../figures/benchmark.js';
import type { Bar, Figure } from '../figures/figure.js';
import { measureSluice, type Ran } from '../processes/sluice-command.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { emulatorOptions, type FaultRow, prepareFaults } from './fault-rows.js';
import { type Sightings, sightingsOf } from './fault-sightings.js';
import {
  importedTwice,
  limitsPassed,
  outcomesOf,
  type ResultLine,
  resultLineSchema,
  wrongRows,
} from './fault-verdict.js';

/** What there is to see of the two runs. */
interface Seen {
  rows: FaultRow[];
  /** Of the run with faults. */
  ran: Ran;
  result: ResultLine[];
  sightings: Sightings;
  passed: number;
  fired: ReturnType<Emulator['faults']['fired']>;
  /** When what failed was tried again without faults. */
  last: ResultLine[];
}

/** The command on a batch in which every fault that the emulator has strikes, one call in ten. */
export const batchFaults: Benchmark = {
  name: 'batch-faults',
  title: 'A batch by the command, with every fault of the four providers at one call in ten',
  run: async ({ full, progress }) => {
    const emulator = await startEmulator(emulatorOptions());
    try {
      return await withTemporaryFolder(async (folder) =>
        measured(await runTwice(emulator, { folder, count: full ? 5_000 : 500, progress })),
      );
    } finally {
      await emulator.close();
    }
  },
};

async function runTwice(
  emulator: Emulator,
  { folder, count, progress }: { folder: string; count: number; progress: (text: string) => void },
): Promise<Seen> {
  const rows = await prepareFaults(emulator, folder, count);
  const words = ['batch', 'rows.jsonl', '--result', 'result.jsonl'];
  progress(`${count.toLocaleString('en-US')} rows, with faults`);
  const ran = await measureSluice(words, folder);
  const result = await resultOf(folder);
  const seen = { sightings: sightingsOf(emulator), passed: limitsPassed(emulator), fired: emulator.faults.fired() };
  emulator.faults.clear();
  progress('what failed once more, without faults');
  await measureSluice(['retry', '--failed'], folder);
  await measureSluice(words, folder);
  return { rows, ran, result, ...seen, last: await resultOf(folder) };
}

async function resultOf(folder: string): Promise<ResultLine[]> {
  const lines = (await readFile(join(folder, 'result.jsonl'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => resultLineSchema.parse(JSON.parse(line)));
}

function measured({ rows, ran, result, sightings, passed, fired, last }: Seen): Measured {
  const wrong = wrongRows(rows, result, { seen: sightings, fired });
  const struck = fired.filter((one) => one.fired > 0);
  const { attempts, looks, starts } = sightings;
  return {
    figures: [
      own('rows that are lost, doubled or wrong', { value: wrong, unit: 'rows' }, 0),
      own('limits passed', { value: passed, unit: 'times' }, 0),
      own('starts sent for one row, at most', { value: Math.max(...attempts.values()), unit: 'calls' }, 8),
      own('looks at one import, at most', { value: looks, unit: 'calls' }, 60),
      own('CPU time a row', { value: ran.cpuMs / rows.length, unit: 'ms' }, 15),
      own('CPU time / wall time', { value: ran.cpuMs / ran.wallMs, unit: 'times' }, 0.5),
      own('rows not completed after a retry', { value: openRows(last), unit: 'rows' }, 0),
    ],
    plots: [],
    notes: [
      `${rows.length.toLocaleString('en-US')} rows in ${Math.round(ran.wallMs / 1_000)} s, ${Math.round(ran.peakBytes / 1_000_000)} MB at most; the four providers side by side, from URLs, files and an integration`,
      `${struck.length} of ${fired.length} kinds of faults struck, ${struck.reduce((sum, one) => sum + one.fired, 0).toLocaleString('en-US')} times in all`,
      `became: ${outcomeWords(result)}`,
      `${importedTwice(sightings)} rows were imported twice, each after a 500 in Importly's own words to a start that it had taken: by its page that is a refusal`,
      `after sluice retry --failed, without faults: ${outcomeWords(last)}`,
      ...starts.map(
        ({ provider, arrived, accepted }) =>
          `${provider}: ${arrived} starts came to the emulator, ${accepted} were taken`,
      ),
    ],
    missed: [],
  };
}

/** Rows that are neither completed, nor known to be lost for good: a start without an answer, a 404 that nobody would try again. */
function openRows(result: readonly ResultLine[]): number {
  return result.filter(({ state, error_code }) => state !== 'completed' && !/^(unknown|not-found)$/.test(error_code))
    .length;
}

function outcomeWords(result: readonly ResultLine[]): string {
  return [...outcomesOf(result)].map(([outcome, count]) => `${count.toLocaleString('en-US')} ${outcome}`).join(', ');
}

function own(what: string, amount: Figure['figure'], most: Bar['value']): Figure {
  return { what, ours: amount, figure: amount, bar: { is: 'at most', value: most } };
}
