import { expect, test } from 'vitest';
import { reportHtml } from '../src/report/html.js';
import { plotSvg } from '../src/report/svg.js';

const bars = {
  kind: 'bars' as const,
  name: 'time',
  title: 'Time of a job <b>',
  unit: 'ms' as const,
  rows: [
    { label: 'peer', samples: [1, 2, 3], ours: false },
    { label: 'Sluice', samples: [2, 4, 3], ours: true },
  ],
};

test('a bar plot has a bar for each median and a dot for each run', () => {
  const svg = plotSvg(bars);
  expect(svg.match(/<rect /g)).toHaveLength(2);
  expect(svg.match(/<circle /g)).toHaveLength(6);
  expect(svg).toContain('>3.00 ms</text>');
  expect(svg).toContain('Time of a job &lt;b&gt;');
});

test('a line plot has a line for each series, from corner to corner of what was measured', () => {
  const svg = plotSvg({
    kind: 'lines',
    name: 'memory',
    title: 'Memory',
    unit: 'MB',
    along: 'jobs',
    series: [
      {
        label: 'store',
        points: [
          { x: 0, y: 0 },
          { x: 1_000, y: 5 },
        ],
      },
    ],
  });
  expect(svg).toContain('points="70,234 690,34"');
  expect(svg).toContain('>1,000</text>');
});

test('the report loads nothing and tells what could not be measured', () => {
  const html = reportHtml({
    machine: { cores: 2, memoryGiB: 24, node: '20.19.0', system: 'linux x64' },
    results: [
      {
        benchmark: { name: 'store', title: 'Store', run: () => Promise.reject(new Error('not here')) },
        measured: { figures: [], plots: [bars], notes: ['five runs'], missed: ['Redis: it is not installed'] },
      },
    ],
  });
  expect(html).toContain('2 cores, 24 GiB, linux x64, Node 20.19.0');
  expect(html).toContain('not measured: Redis: it is not installed');
  expect(html).not.toMatch(/src=|href=|url\(/);
});
