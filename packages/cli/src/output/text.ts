const segmenter = new Intl.Segmenter();
/** East Asian wide and fullwidth blocks, and what is drawn as an emoji: two columns each. */
const wide =
  /^(?:[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1F64F}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation})/u;
const invisible = /^\p{Mark}+$/u;

/**
 * A text from outside as it may be printed: control characters and changes of writing direction become `�`, so that no name and no
 * provider's word can move the cursor or fake another line.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD');
}

/** How many columns a printable text without colors takes. */
export function width(text: string): number {
  return segmentsOf(text).reduce((columns, segment) => columns + segmentWidth(segment), 0);
}

/** The text cut to `columns`, with `…` where something is missing at its end. */
export function cutEnd(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  return columns < 1 ? '' : `${front(segmentsOf(text), columns - 1).join('')}…`;
}

/** The text cut to `columns`, with `…` in its middle: the end of a path tells the most. */
export function cutMiddle(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  if (columns < 3) return cutEnd(text, columns);
  const segments = segmentsOf(text);
  const before = Math.ceil((columns - 1) / 3);
  const back = front([...segments].reverse(), columns - 1 - before).reverse();
  return `${front(segments, before).join('')}…${back.join('')}`;
}

/** The text with blanks up to `columns`. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

function segmentsOf(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** As many segments from the start as fit. */
function front(segments: string[], columns: number): string[] {
  let taken = 0;
  const end = segments.findIndex((segment) => {
    taken += segmentWidth(segment);
    return taken > columns;
  });
  return end === -1 ? segments : segments.slice(0, end);
}

function segmentWidth(segment: string): number {
  if (invisible.test(segment)) return 0;
  return wide.test(segment) ? 2 : 1;
}

/** As a shell takes it. */
export function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
