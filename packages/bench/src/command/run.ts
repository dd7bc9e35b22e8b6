import type { Benchmark, Measured } from '../figures/benchmark.js';
import { isMet } from '../figures/figure.js';
import { describeMachine, machineText } from '../figures/machine.js';
import { writeReport } from '../report/write-report.js';
import { benchmarks } from './benchmarks.js';
import { tableText } from './table.js';

/** Runs what was asked for, prints each table when it is there, and writes the report. A bar that is missed breaks nothing. */
export async function runBenchmarks({ names, full }: { names: string[]; full: boolean }): Promise<void> {
  const machine = describeMachine();
  process.stdout.write(`${machineText(machine)}\n`);
  const results: { benchmark: Benchmark; measured: Measured }[] = [];
  for (const benchmark of benchmarks.filter(({ name }) => names.includes(name))) {
    const progress = (text: string) => void process.stderr.write(`· ${benchmark.name}: ${text}\n`);
    const measured = await benchmark.run({ full, progress });
    results.push({ benchmark, measured });
    process.stdout.write(resultText(benchmark, measured));
  }
  const place = await writeReport({ machine, results });
  const judged = results.flatMap(({ measured }) => measured.figures.map(isMet)).filter((met) => met !== undefined);
  const missed = judged.filter((met) => !met).length;
  process.stdout.write(`\n${judged.length - missed} of ${judged.length} bars met; the report is ${place}\n`);
}

function resultText({ name, title }: Benchmark, { figures, notes, missed }: Measured): string {
  const lines = [...notes.map((note) => `  ${note}`), ...missed.map((what) => `  not measured: ${what}`)];
  const table = figures.length === 0 ? '' : tableText(figures);
  return `\n${title} (npm run bench -- ${name})\n\n${table}${lines.join('\n')}\n`;
}
