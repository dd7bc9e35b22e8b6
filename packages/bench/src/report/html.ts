import { cellsOf, verdict } from '../command/table.js';
import type { Benchmark, Measured } from '../figures/benchmark.js';
import type { Figure } from '../figures/figure.js';
import { type Machine, machineText } from '../figures/machine.js';
import { plotSvg } from './svg.js';
import { escapeText } from './svg-parts.js';

/** Everything that one run of the command measured. */
export interface Report {
  machine: Machine;
  results: { benchmark: Benchmark; measured: Measured }[];
}

/** The report as one page that loads nothing. */
export function reportHtml({ machine, results }: Report): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice beside its peers</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: 0.25rem 0.75rem; text-align: right; border-bottom: 1px solid #8886; }
th:first-child, td:first-child { text-align: left; }
td.met { color: #1f883d; } td.not-met { color: #cf222e; }
svg { max-width: 100%; height: auto; margin: 0.5rem 0; display: block; }
li, code { opacity: 0.85; }
</style>
<h1>Sluice beside its peers</h1>
<p>${escapeText(machineText(machine))}. Only what stands beside each other was measured in one run and may be compared.</p>
${results.map(section).join('\n')}
</html>
`;
}

function section({ benchmark, measured }: Report['results'][number]): string {
  const { figures, plots, notes, missed } = measured;
  const remarks = [...notes, ...missed.map((what) => `not measured: ${what}`)];
  return `<h2>${escapeText(benchmark.title)}</h2>
<p><code>npm run bench -- ${benchmark.name}</code></p>
${figures.length === 0 ? '' : table(figures)}
<ul>${remarks.map((remark) => `<li>${escapeText(remark)}</li>`).join('')}</ul>
${plots.map(plotSvg).join('\n')}`;
}

function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const cells = cellsOf(figure).slice(0, -1);
    const word = verdict(figure);
    const row = cells.map((cell) => `<td>${escapeText(cell)}</td>`).join('');
    return `<tr>${row}<td class="${word.replace(' ', '-')}">${word}</td></tr>`;
  });
  return `<table>
<tr><th></th><th>Sluice</th><th>beside it</th><th>figure</th><th>bar</th><th></th></tr>
${rows.join('\n')}
</table>`;
}
