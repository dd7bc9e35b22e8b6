import { cutMiddle, padEnd, width } from './text.js';

/**
 * Lines of aligned columns, two blanks between them. Where the lines are wider than the terminal, the column named by `flexible`
 * gives way.
 */
export function renderTable(rows: string[][], options: { flexible: number; columns?: number | undefined }): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, index) => Math.max(...rows.map((row) => width(row[index] ?? ''))));
  const total = widths.reduce((sum, columns) => sum + columns + 2, -2);
  const over = options.columns === undefined ? 0 : Math.max(0, total - options.columns);
  widths[options.flexible] = Math.max(8, (widths[options.flexible] ?? 0) - over);
  return rows.map((row) =>
    row
      .map((cell, index) => padEnd(cutMiddle(cell, widths[index] ?? 0), widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
