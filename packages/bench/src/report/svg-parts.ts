/** The width of every plot, in pixels. */
export const width = 720;

/** Series in the order in which they are given. */
export const colours = ['#1f883d', '#0969da', '#bf8700', '#8250df', '#bc4c00'] as const;

const style = `<style>
.plot { font: 13px system-ui, sans-serif; fill: #59636e; }
.plot .title { font-weight: 600; fill: #1f2328; }
.plot .axis { stroke: #59636e; stroke-opacity: 0.4; }
.plot .ours { fill: #1f883d; } .plot .peer { fill: #8c959f; }
.plot .sample { fill: #1f2328; fill-opacity: 0.55; }
@media (prefers-color-scheme: dark) {
  .plot { fill: #9198a1; } .plot .title { fill: #f0f6fc; } .plot .sample { fill: #f0f6fc; }
}
</style>`;

/** The frame of a plot: its title and what is in it. */
export function frame({ title, height, parts }: { title: string; height: number; parts: string[] }): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${escapeText(title)}</title>`,
    style,
    text({ x: 0, y: 16, content: title, attributes: 'class="title"' }),
    ...parts,
    '</svg>',
  ].join('\n');
}

export function text(options: { x: number; y: number; content: string; attributes?: string }): string {
  const { x, y, content, attributes = '' } = options;
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeText(content)}</text>`;
}

/** A tenth of a pixel is enough. */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** Text that means nothing else in XML or HTML. */
export function escapeText(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
