import { amountText, barText, type Figure, isMet } from '../figures/figure.js';

const headings = ['', 'Sluice', 'beside it', 'figure', 'bar', ''];

/** The cells of a figure's line. */
export function cellsOf(figure: Figure): string[] {
  const { what, ours, peer, bar } = figure;
  return [
    what,
    amountText(ours),
    peer === undefined ? '' : `${amountText(peer)} (${peer.name})`,
    amountText(figure.figure),
    bar === undefined ? '' : barText(bar, figure.figure.unit),
    verdict(figure),
  ];
}

export function verdict(figure: Figure): string {
  const met = isMet(figure);
  if (met === undefined) return '';
  return met ? 'met' : 'not met';
}

/** The figures as a table for a terminal. */
export function tableText(figures: readonly Figure[]): string {
  const rows = [headings, ...figures.map(cellsOf)];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
