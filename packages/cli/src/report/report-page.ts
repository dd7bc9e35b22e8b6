import { costWords, count, countWords } from '../batch/batch-words.js';
import type { Tally } from '../batch/tally.js';
import { formatDuration } from '../output/format.js';
import { plotSvg, type Series } from './plot.js';
import type { NamedRow, Recorder, Sample } from './recorder.js';

/** What a page is made of. */
export interface ReportInput {
  /** What was read. */
  title: string;
  tally: Tally;
  recorder: Recorder;
  /** Epoch milliseconds. */
  now: number;
  /** How the run ended before its rows did; absent when it went through. */
  stopped?: string | undefined;
}

/** One page that needs nothing else, now or in many years: no script, no font, no picture from elsewhere. */
export function reportPage(input: ReportInput): string {
  const { title, tally, recorder, now, stopped } = input;
  const { samples } = recorder;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}: what became of it</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="when">${new Date(tally.since).toISOString()} to ${new Date(now).toISOString()}, ${formatDuration(now - tally.since)}${stopped === undefined ? '' : `; ${escapeHtml(stopped)}`}</p>
<p class="sum">${[...countWords({ tally }), ...costWords({ tally })].map(escapeHtml).join(' · ')}${tally.total === undefined ? '' : ` · of ${count(tally.total)} rows`}</p>
${section('Rows', 'Ended so far', plot(samples, true, rowSeries(samples)))}
${section('Throughput', 'Rows a second that went to their ends', plot(samples, false, [throughput(samples)]))}
${section('In hand', 'Where the rows stood that were begun and not over', plot(samples, true, handSeries(samples)))}
<h2>Slowest rows</h2>
${table(
  ['row', 'name', 'provider', 'took', 'job'],
  recorder.slowest.map((row) => [
    count(row.number),
    row.name,
    row.provider,
    row.tookMs === undefined ? '' : formatDuration(row.tookMs),
    row.job,
  ]),
)}
<h2>Failed rows</h2>
${failures(recorder)}
</body>
</html>
`;
}

function section(title: string, what: string, [svg, legend]: [string, string]): string {
  return `<h2>${title}</h2>\n<p class="what">${what}</p>\n${svg}\n${legend}`;
}

function plot(samples: Sample[], stacked: boolean, series: Series[]): [string, string] {
  const times = samples.map(({ at }) => at);
  const legend = series.map(({ label, kind }) => `<li><i class="${kind}"></i>${escapeHtml(label)}</li>`).join('');
  return [plotSvg({ times, series, stacked, timeText: formatDuration }), `<ul class="legend">${legend}</ul>`];
}

function rowSeries(samples: Sample[]): Series[] {
  return [
    { label: 'completed', kind: 'good', values: samples.map(({ completed }) => completed) },
    { label: 'failed or refused', kind: 'bad', values: samples.map(({ failed }) => failed) },
    { label: 'skipped: done before', kind: 'dim', values: samples.map(({ skipped }) => skipped) },
  ];
}

function handSeries(samples: Sample[]): Series[] {
  return [
    { label: 'at the provider', kind: 'good', values: samples.map(({ atProvider }) => atProvider) },
    { label: 'sending', kind: 'move', values: samples.map(({ sending }) => sending) },
    { label: 'waiting', kind: 'dim', values: samples.map(({ waiting }) => waiting) },
  ];
}

function throughput(samples: Sample[]): Series {
  const values = samples.map((sample, index) => {
    const before = samples[index - 1];
    if (before === undefined || sample.at <= before.at) return 0;
    const ended = sample.completed + sample.failed - before.completed - before.failed;
    return (ended * 1_000) / (sample.at - before.at);
  });
  return { label: 'rows a second', kind: 'move', values };
}

function failures({ failures: rows, failureCount }: Recorder): string {
  if (failureCount === 0) return '<p>None.</p>';
  const more = failureCount - rows.length;
  const cells = rows.map((row: NamedRow) => [
    count(row.number),
    row.name,
    row.provider,
    row.code,
    row.message,
    row.job,
  ]);
  return `${table(['row', 'name', 'provider', 'error', 'what happened', 'job'], cells)}${more > 0 ? `<p>… and ${count(more)} more.</p>` : ''}`;
}

function table(heading: string[], rows: string[][]): string {
  if (rows.length === 0) return '<p>None.</p>';
  const line = (cells: string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${line(heading, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --dim: #8b949e; --good: #2da44e; --bad: #cf222e; --move: #0969da; --line: #d0d7de; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --dim: #7d8590; --good: #3fb950; --bad: #f85149; --move: #58a6ff; --line: #30363d; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 2rem 0 0; }
.when, .what { color: var(--dim); margin: 0; } .sum { font-size: 1.1rem; font-weight: 600; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--dim); }
.grid { stroke: var(--line); stroke-width: 1; }
polygon.good { fill: var(--good); } polygon.bad { fill: var(--bad); } polygon.dim { fill: var(--dim); opacity: .5; } polygon.move { fill: var(--move); }
polyline { fill: none; stroke: var(--move); stroke-width: 1.5; }
.legend { list-style: none; display: flex; gap: 1.5rem; padding: 0; margin: 0; font-size: 13px; }
.legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px; }
i.good { background: var(--good); } i.bad { background: var(--bad); } i.dim { background: var(--dim); opacity: .5; } i.move { background: var(--move); }
table { border-collapse: collapse; width: 100%; font-size: 13px; margin-top: .5rem; }
th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--dim); font-weight: 600; }
`;
