import { describeRow } from '../manifest/row.js';
import { errorOf } from '../outcome.js';
import { cutMiddle, printable } from '../output/text.js';
import { count } from './batch-words.js';
import type { RowEnding } from './row-ending.js';

/** So many rows are named for one reason; the others are counted. */
const mostNamed = 5;
const mostKinds = 500;
/** Characters that are looked at of a name; a field of a manifest may be of any length. */
const longestName = 1_024;
const nameColumns = 100;
const reasonColumns = 1_000;

/** The rows that a person has to know of: they failed, or there is something wrong with them. */
export class Troubles {
  readonly #kinds = new Map<string, { times: number; first: RowEnding }>();

  /** What to say of a row; undefined where there is nothing, or where the like was said often enough. */
  lineFor(ending: RowEnding): string | undefined {
    const reason = reasonOf(ending);
    if (reason === undefined) return undefined;
    const kind = kindOf(reason);
    const known = this.#kinds.get(kind) ?? { times: 0, first: ending };
    known.times += 1;
    if (known.times > 1 || this.#kinds.size < mostKinds) this.#kinds.set(kind, known);
    if (known.times > mostNamed) return undefined;
    const name = cutMiddle(printable(ending.name.slice(0, longestName)), nameColumns);
    return `${describeRow(ending)}${name === '' ? '' : ` ${name}`}: ${reason}`;
  }

  /** What was only counted. */
  rest(): string[] {
    return [...this.#kinds.values()].flatMap(({ times, first }) =>
      times > mostNamed ? [`${count(times - mostNamed)} more rows as row ${first.number}: the result names them`] : [],
    );
  }
}

/** What is left of a reason when everything that is of this row alone is taken out. */
function kindOf(reason: string): string {
  return reason
    .replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, '…')
    .replace(/"[^"]*"/g, '…')
    .replace(/\d+/g, '0');
}

function reasonOf(ending: RowEnding): string | undefined {
  const reason = wordsOf(ending);
  return reason === undefined || reason.length <= reasonColumns ? reason : `${reason.slice(0, reasonColumns)}…`;
}

function wordsOf({ kind, snapshot, error }: RowEnding): string | undefined {
  if (kind === 'refused') return printable(error?.message ?? '');
  if (kind === 'left') return error === undefined || error.code === 'aborted' ? undefined : printable(error.message);
  if (kind !== 'ended' || snapshot === undefined) return undefined;
  const cause = errorOf(snapshot);
  if (cause === undefined) return snapshot.state === 'canceled' ? 'canceled' : undefined;
  return `${cause.code}: ${printable(cause.message)}`;
}
