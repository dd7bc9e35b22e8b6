/** Where a text stops being JSON. Line and column count from 1. */
export interface JsonFault {
  line: number;
  column: number;
  /** What should have stood there. */
  expected: string;
}

const space = /[ \t\r\n]*/y;
const text = /"(?:[^"\\\r\n\t]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Finds where a text that JSON.parse refused goes wrong. The engine's own message is of no use: depending on the version it tells
 * no place, and it quotes the text around it, which may be a key.
 */
export function findJsonFault(source: string): JsonFault {
  const reader = new Reader(source);
  try {
    reader.value();
    reader.end();
  } catch (fault) {
    if (!(fault instanceof Missing)) throw fault;
    return { ...placeOf(source, reader.position), expected: fault.expected };
  }
  return { ...placeOf(source, source.length), expected: 'JSON' };
}

class Missing {
  constructor(readonly expected: string) {}
}

class Reader {
  position = 0;

  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  value(): void {
    this.#take(space);
    if (this.#takeWord('{')) this.#members('}', () => this.#member());
    else if (this.#takeWord('[')) this.#members(']', () => this.value());
    else if (!this.#take(text) && !this.#take(scalar)) throw new Missing('a value in JSON');
    this.#take(space);
  }

  end(): void {
    if (this.position < this.#source.length) throw new Missing('the end of the file');
  }

  #members(close: string, member: () => void): void {
    this.#take(space);
    if (!this.#takeWord(close)) {
      do member();
      while (this.#takeWord(','));
      if (!this.#takeWord(close)) throw new Missing(`"," or "${close}"`);
    }
  }

  #member(): void {
    this.#take(space);
    if (!this.#take(text)) throw new Missing('a name in double quotes');
    this.#take(space);
    if (!this.#takeWord(':')) throw new Missing('":"');
    this.value();
  }

  #takeWord(word: string): boolean {
    const there = this.#source.startsWith(word, this.position);
    if (there) this.position += word.length;
    return there;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.#source);
    if (match !== null) this.position = pattern.lastIndex;
    return match !== null;
  }
}

function placeOf(source: string, position: number): { line: number; column: number } {
  const before = source.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
