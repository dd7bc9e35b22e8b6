import { amountText } from '../figures/figure.js';
import type { BarPlot } from '../figures/plot.js';
import { median } from '../figures/statistics.js';
import { frame, round, text, width } from './svg-parts.js';

const rowHeight = 36;
const top = 30;
const labelWidth = 190;
const valueWidth = 90;

/** A bar for each row's median, and a dot for every run. */
export function barsSvg({ title, rows, unit }: BarPlot): string {
  const most = Math.max(...rows.flatMap(({ samples }) => samples), Number.MIN_VALUE);
  const scale = (width - labelWidth - valueWidth) / most;
  const parts = rows.flatMap(({ label, samples, ours }, index) => {
    const y = top + index * rowHeight;
    const middle = median(samples);
    return [
      text({ x: 0, y: y + 21, content: label }),
      `<rect x="${labelWidth}" y="${y + 6}" width="${round(middle * scale)}" height="22" rx="2" class="${ours ? 'ours' : 'peer'}" />`,
      ...samples.map(
        (sample) => `<circle cx="${round(labelWidth + sample * scale)}" cy="${y + 17}" r="2.5" class="sample" />`,
      ),
      text({
        x: labelWidth + Math.max(middle, ...samples) * scale + 8,
        y: y + 21,
        content: amountText({ value: middle, unit }),
      }),
    ];
  });
  return frame({ title, height: top + rows.length * rowHeight + 4, parts });
}
