/** A line or an area of a plot. */
export interface Series {
  label: string;
  /** A class of the page's style. */
  kind: string;
  values: number[];
}

const width = 880;
const height = 220;
const margin = { left: 64, right: 12, top: 12, bottom: 28 };
const plotWidth = width - margin.left - margin.right;
const plotHeight = height - margin.top - margin.bottom;

/** How a plot is drawn. */
export interface PlotOptions {
  /** Milliseconds, one for each value. */
  times: number[];
  series: Series[];
  /** One upon the other, as areas. */
  stacked: boolean;
  timeText: (milliseconds: number) => string;
}

/** A plot over time as SVG, to be put into a page. */
export function plotSvg({ times, series, stacked, timeText }: PlotOptions): string {
  const layers = stacked ? stack(series) : series.map((one) => ({ ...one, base: one.values.map(() => 0) }));
  const top = niceTop(Math.max(1e-9, ...layers.flatMap(({ values }) => values)));
  const last = Math.max(1, times.at(-1) ?? 1);
  const x = (at: number) => margin.left + (at / last) * plotWidth;
  const y = (value: number) => margin.top + plotHeight - (value / top) * plotHeight;
  const point = (value: number, index: number) => `${x(times[index] ?? 0).toFixed(1)},${y(value).toFixed(1)}`;
  const shapes = layers.map(({ kind, values, base }) =>
    stacked
      ? `<polygon class="${kind}" points="${[...values.map(point), ...base.map(point).reverse()].join(' ')}"/>`
      : `<polyline class="${kind}" points="${values.map(point).join(' ')}"/>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const rows = ticks.map((share) => {
    const at = y(share * top).toFixed(1);
    return `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/><text x="${margin.left - 8}" y="${at}" dy="4" text-anchor="end">${tickText(share * top)}</text>`;
  });
  const columns = ticks.map((share) => {
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    return `<text x="${x(share * last).toFixed(1)}" y="${height - 8}" text-anchor="${anchor}">${timeText(share * last)}</text>`;
  });
  return `<svg viewBox="0 0 ${width} ${height}" role="img">${rows.join('')}${columns.join('')}${shapes.join('')}</svg>`;
}

function stack(series: Series[]): (Series & { base: number[] })[] {
  let below = series[0]?.values.map(() => 0) ?? [];
  return series.map((one) => {
    const base = below;
    const values = one.values.map((value, index) => value + (base[index] ?? 0));
    below = values;
    return { ...one, values, base };
  });
}

/** The next round number. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

function tickText(value: number): string {
  return value >= 100 || Number.isInteger(value)
    ? Math.round(value).toLocaleString('en-US')
    : String(Number(value.toPrecision(2)));
}
