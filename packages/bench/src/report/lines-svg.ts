import { amountText } from '../figures/figure.js';
import type { LinePlot } from '../figures/plot.js';
import { colours, frame, round, text, width } from './svg-parts.js';

const top = 34;
const left = 70;
const right = 30;
const plotHeight = 200;
const bottom = top + plotHeight;
const legendRow = 20;

/** A line for each series over one x axis; both axes begin at nothing. */
export function linesSvg({ title, series, unit, along }: LinePlot): string {
  const points = series.flatMap((one) => one.points);
  const most = { x: Math.max(...points.map(({ x }) => x)), y: Math.max(...points.map(({ y }) => y)) };
  const toX = (x: number) => round(left + (x / most.x) * (width - left - right));
  const toY = (y: number) => round(bottom - (y / most.y) * plotHeight);
  const ticks = [...new Set(points.map(({ x }) => x))].map((x) =>
    text({ x: toX(x), y: bottom + 18, content: x.toLocaleString('en-US'), attributes: 'text-anchor="middle"' }),
  );
  const axes = [
    `<path class="axis" fill="none" d="M${left} ${top}V${bottom}H${width - right}" />`,
    text({ x: left - 8, y: top + 5, content: amountText({ value: most.y, unit }), attributes: 'text-anchor="end"' }),
    text({ x: left - 8, y: bottom + 4, content: '0', attributes: 'text-anchor="end"' }),
    text({ x: width - right, y: bottom + 36, content: along, attributes: 'text-anchor="end"' }),
  ];
  const lines = series.flatMap(({ label, points: own }, index) => {
    const colour = colours[index % colours.length] ?? colours[0];
    const y = bottom + 42 + index * legendRow;
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${own.map(({ x, y: value }) => `${toX(x)},${toY(value)}`).join(' ')}" />`,
      ...own.map(({ x, y: value }) => `<circle cx="${toX(x)}" cy="${toY(value)}" r="3" fill="${colour}" />`),
      `<rect x="${left}" y="${y - 10}" width="12" height="12" rx="2" fill="${colour}" />`,
      text({ x: left + 20, y, content: label }),
    ];
  });
  return frame({ title, height: bottom + 42 + series.length * legendRow, parts: [...axes, ...ticks, ...lines] });
}
