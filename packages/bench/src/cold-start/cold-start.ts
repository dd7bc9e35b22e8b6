import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from '../figures/benchmark.js';
import type { Figure } from '../figures/figure.js';
import { interleave, median } from '../figures/statistics.js';

const rounds = 31;

const programs = {
  'bare node': '',
  'ky and zod': "import 'ky'; import 'zod';",
  'core and importly': "import '@sluice/core'; import '@sluice/importly';",
};
type Program = keyof typeof programs;

/** Where imports by name are looked for: this package has all three. */
const folder = fileURLToPath(new URL('../..', import.meta.url));

/** How long a program takes to start that imports Sluice. */
export const coldStart: Benchmark = {
  name: 'cold-start',
  title: 'Cold start',
  run: async ({ progress }) => {
    const sides: Program[] = ['bare node', 'ky and zod', 'core and importly'];
    progress(`${rounds} runs of each of ${sides.join(', ')}`);
    for (const side of sides) await timeOf(side);
    const times = await interleave({ sides, rounds }, timeOf);
    const samplesOf = (side: Program) => times.get(side) ?? [];
    const beyond = (peer: Program, most: number): Figure => {
      const ours = median(samplesOf('core and importly'));
      const beside = median(samplesOf(peer));
      return {
        what: `import core and importly, beyond ${peer}`,
        ours: { value: ours, unit: 'ms' },
        peer: { name: peer, value: beside, unit: 'ms' },
        figure: { value: ours - beside, unit: 'ms more' },
        bar: { is: 'at most', value: most },
      };
    };
    const rows = sides.map((label) => ({ label, samples: samplesOf(label), ours: label === 'core and importly' }));
    return {
      figures: [beyond('bare node', 80), beyond('ky and zod', 15)],
      plots: [{ kind: 'bars', name: 'cold-start', title: 'From start to end of a process', unit: 'ms', rows }],
      notes: [`medians of ${rounds} processes each, from their start to their end, in turns`],
      missed: [],
    };
  },
};

/** From the start of a process to its end, in milliseconds. */
async function timeOf(name: Program): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', programs[name]], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`a process that imports ${name} failed`);
  return performance.now() - started;
}
