/** Colors of one stream; each function leaves the text alone where colors are not wanted. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  accent(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

/** The style of a stream. Terminals have colors unless `NO_COLOR`, `TERM=dumb` or the like says otherwise. */
export function styleOf(stream: { isTTY?: boolean; hasColors?: () => boolean }): Style {
  return makeStyle(stream.isTTY === true && stream.hasColors?.() === true);
}

/** A style with or without colors. */
export function makeStyle(colors: boolean): Style {
  const paint = (on: number, off: number) => (text: string) =>
    colors && text !== '' ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    good: paint(32, 39),
    bad: paint(31, 39),
    warn: paint(33, 39),
    accent: paint(36, 39),
    dim: paint(2, 22),
    bold: paint(1, 22),
  };
}
