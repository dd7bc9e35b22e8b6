/** A column of a manifest, and what is in it. */
export interface Column {
  name: string;
  meaning: string;
}

/** What a manifest may say of a row. */
const requestColumns: readonly Column[] = [
  {
    name: 'source',
    meaning:
      "a URL, a path (relative ones count from the manifest's folder), or `integration:ID`; the only one that is needed",
  },
  { name: 'name', meaning: "the name at the provider; without it the source's path without its leading slash" },
  { name: 'provider', meaning: 'a name from the configuration; without it `--provider`, or the default one' },
  { name: 'key', meaning: "your own idempotency key, in place of the row's identity" },
  { name: 'size', meaning: "the source's size in bytes, to be held against what arrives" },
  { name: 'sha256', meaning: '64 hex digits, to be held against what arrives' },
  { name: 'priority', meaning: 'a whole number from 0, higher first' },
  { name: 'if_exists', meaning: '`replace`, `skip` or `fail`: when the name is already there' },
  { name: 'route', meaning: '`auto`, `direct`, `presign`, `relay` or `stage`' },
];

/** Columns of which there may be any number, by the beginnings of their names. */
const columnFamilies: readonly Column[] = [
  {
    name: 'meta.*',
    meaning:
      '`meta.title`, `meta.description`, `meta.tags` (a JSON list, or words with commas between) or another field of the metadata',
  },
  {
    name: 'option.*',
    meaning: "an option of the provider's own, such as `option.videoQuality`; further dots lead inwards",
  },
  { name: 'x.*', meaning: 'a column of your own: not read, and kept in the result' },
];

/** What a result adds to a row; a manifest may have them too. */
export const resultColumns: readonly Column[] = [
  { name: 'job', meaning: "the job's id; empty where there is none" },
  {
    name: 'state',
    meaning:
      '`completed`, `failed` or `canceled`; `queued` or `running` where the run ended before; `refused` where the row is wrong',
  },
  { name: 'asset_id', meaning: "the provider's id of what it has; of several, with blanks between" },
  { name: 'asset_url', meaning: 'where it can be fetched, if the provider says so; of several, with blanks between' },
  { name: 'error_code', meaning: 'one of the [codes](errors.md)' },
  { name: 'error_message', meaning: 'what happened, and what to do' },
];

const known = new Set([...requestColumns, ...resultColumns].map(({ name }) => name));
const families = columnFamilies.map(({ name }) => name.slice(0, -1));
const results = new Set(resultColumns.map(({ name }) => name));

/** True for a column that a manifest may have. */
export function isColumn(name: string): boolean {
  return known.has(name) || families.some((family) => name.startsWith(family) && name.length > family.length);
}

/** True for a column that a result adds. */
export function isResultColumn(name: string): boolean {
  return results.has(name);
}

/** What to say of a column that no manifest has. */
export function columnProblem(name: string): string {
  const all = [...requestColumns, ...columnFamilies, ...resultColumns].map((column) => column.name).join(', ');
  const close = [...known].find((one) => one.replaceAll('_', '') === name.toLowerCase().replace(/[^a-z0-9]/g, ''));
  return `column "${name}" is none of ${all}${close === undefined ? '' : `; did you mean "${close}"?`}`;
}
