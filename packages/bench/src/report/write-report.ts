import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMet } from '../figures/figure.js';
import { type Report, reportHtml } from './html.js';
import { plotSvg } from './svg.js';

const folder = fileURLToPath(new URL('../../report', import.meta.url));

/** Writes the page, the same as JSON, and each plot by itself. @returns where the page is, from the working directory */
export async function writeReport(report: Report): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const page = join(folder, 'index.html');
  await writeFile(page, reportHtml(report));
  await writeFile(join(folder, 'figures.json'), `${JSON.stringify(reportJson(report), null, 2)}\n`);
  for (const plot of report.results.flatMap(({ measured }) => measured.plots)) {
    await writeFile(join(folder, `${plot.name}.svg`), `${plotSvg(plot)}\n`);
  }
  return relative(process.cwd(), page);
}

function reportJson({ machine, results }: Report) {
  return {
    machine,
    benchmarks: results.map(({ benchmark: { name, title }, measured }) => ({
      ...{ name, title, ...measured },
      figures: measured.figures.map((figure) => ({ ...figure, met: isMet(figure) })),
    })),
  };
}
