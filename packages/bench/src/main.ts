import { helpText, readArguments } from './command/arguments.js';
import { benchmarks } from './command/benchmarks.js';
import { runBenchmarks } from './command/run.js';

const known = benchmarks.map(({ name }) => name);

try {
  const wish = readArguments(process.argv.slice(2), known);
  if (wish.do === 'help') process.stdout.write(helpText(known));
  else await runBenchmarks(wish);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
