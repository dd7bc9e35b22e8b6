import type { JsonValue } from '@sluice/core/adapter';

/** Reads the text of an answer into JSON: a file, or a list of files, as objects. Throws where the text is not what it should be. */
export type AnswerParser = (text: string) => JsonValue;

/** The formats that need no function. */
export type AnswerFormat = 'json' | 'form' | 'lines';

const parsers: Record<AnswerFormat, AnswerParser> = { json: (text) => JSON.parse(text), form, lines };

/** The parser of a format, or the one that was given. */
export function parserOf(format: AnswerFormat | AnswerParser): AnswerParser {
  return typeof format === 'function' ? format : parsers[format];
}

/** `id=7&status=ready`, a line for each file. */
function form(text: string): JsonValue {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      if (!/^[^=<>\s]+=/.test(line)) throw new Error('a line has no name');
      return Object.fromEntries(new URLSearchParams(line));
    });
}

/** `id: 7` or `id=7`, a line for each field, and a blank line between files. */
function lines(text: string): JsonValue {
  return text
    .split(/(?:\r?\n[ \t]*){2,}/)
    .filter((block) => block.trim() !== '')
    .map((block) => Object.fromEntries(block.trim().split(/\r?\n/).map(pairOf)));
}

function pairOf(line: string): [string, string] {
  const [, name, value] = /^\s*([^:=<>\s]+)\s*[:=]\s*(.*?)\s*$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error('a line has no name');
  return [name, value];
}
