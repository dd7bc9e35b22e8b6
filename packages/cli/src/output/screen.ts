import { stripVTControlCharacters } from 'node:util';
import { width } from './text.js';

/** What a {@link Screen} draws on: a terminal. */
export interface Terminal {
  columns?: number;
  rows?: number;
  write(text: string): unknown;
}

const sequence = '\x1b[';
const hideCursor = `${sequence}?25l`;
const showCursor = `${sequence}?25h`;

/** A block of lines at the bottom of a terminal that is drawn over itself, each time in one write, so that nothing flickers. */
export class Screen {
  readonly #terminal: Terminal;
  #drawn: string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.#terminal.columns || 80, rows: this.#terminal.rows || 24 };
  }

  /** Draws these lines where the last ones stood; without any, only takes the last ones away. */
  draw(lines: string[]): void {
    if (lines.length === this.#drawn.length && lines.every((line, index) => line === this.#drawn[index])) return;
    const above = this.#rowsDrawn();
    const home = above === 0 ? '' : `${sequence}${above}A`;
    const body = lines.map((line) => `${line}${sequence}K\n`).join('');
    const cursor = lines.length === 0 ? showCursor : hideCursor;
    this.#terminal.write(`${cursor}\r${home}${body}${sequence}J`);
    this.#drawn = lines;
  }

  /** A terminal that was made narrower since has broken the lines. */
  #rowsDrawn(): number {
    const { columns } = this.size;
    return this.#drawn.reduce(
      (rows, line) => rows + Math.max(1, Math.ceil(width(stripVTControlCharacters(line)) / columns)),
      0,
    );
  }

  /** Leaves the terminal as it was found. */
  clear(): void {
    if (this.#drawn.length > 0) this.draw([]);
  }
}
