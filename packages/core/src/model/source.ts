import * as z from 'zod';
import type { ByteInput } from './bytes.js';
import { SluiceError } from './error.js';
import { redactUrl } from './redact.js';

/** The URL schemes that a source can have. */
export const schemes = ['http', 'https', 'ftp', 'ftps', 'rsync', 'rsync+ssh', 's3'] as const;

/** A URL scheme that a source can have. */
export type Scheme = (typeof schemes)[number];

const urlSchema = z.strictObject({ kind: z.literal('url'), url: z.string() });
const fileSchema = z.strictObject({
  kind: z.literal('file'),
  path: z.string(),
  size: z.int().min(0),
  modifiedAt: z.number(),
});

/** A file that is put into a connected bucket: what can be opened again in another process, and its name below the bucket's prefix. */
const bucketFileSchema = z.strictObject({
  source: z.discriminatedUnion('kind', [urlSchema, fileSchema]),
  name: z
    .string()
    .regex(/^[^/\p{Cc}][^\p{Cc}]{0,899}$/u, 'must be 1 to 900 characters, none a control character, the first no "/"'),
});

/** A source as a record keeps it: a descriptor that can be opened again in another process. */
export const sourceSchema = z.discriminatedUnion('kind', [
  urlSchema,
  fileSchema,
  z.strictObject({ kind: z.literal('bytes'), name: z.string().optional(), size: z.int().min(0).optional() }),
  z.strictObject({
    kind: z.literal('integration'),
    id: z.string().min(1),
    files: z.array(bucketFileSchema).min(1).exactOptional(),
  }),
]);

/**
 * A source as a record keeps it: `url`; `file` (absolute path, size in bytes, time of last change in epoch
 * milliseconds); `bytes` (a stream, blob or buffer, which only the process that has it can open); `integration` (a bucket that the provider was
 * already given; with `files`, these are put into it first).
 */
export type Source = z.infer<typeof sourceSchema>;

/** A file that is put into a connected bucket, with its name there. */
export type BucketFile = z.infer<typeof bucketFileSchema>;

/** What an application may hand over as a source: a URL as text or object, a {@link Source}, or bytes. */
export type SourceInput = string | URL | Source | ByteInput;

/**
 * Reads a source. A text must be an absolute URL of one of the {@link schemes}, with a host.
 * @throws SluiceError `invalid-request` naming the rule
 */
export function parseSource(input: unknown): Source {
  if (typeof input === 'string' || input instanceof URL) return parseUrlSource(String(input));
  if (isByteInput(input)) return describeBytes(input);
  const parsed = sourceSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const isName = issue?.path.at(-1) === 'name' && issue.path[0] === 'files';
    throw invalid(
      isName
        ? `source.${issue.path.join('.')} ${issue.message}`
        : 'source must be a URL, or what fromFile() or integration() returned',
    );
  }
  if (parsed.data.kind === 'url') return parseUrlSource(parsed.data.url);
  if (parsed.data.kind === 'integration') assertFiles(parsed.data.files ?? []);
  return parsed.data;
}

/** Their URLs are held against the same rules, and no two have one name: one would overwrite the other. */
function assertFiles(files: BucketFile[]): void {
  const names = new Set<string>();
  for (const { source, name } of files) {
    if (source.kind === 'url') parseUrlSource(source.url);
    if (names.has(name))
      throw invalid(`source: two files would be "${name}" in the bucket; give each a name of its own`);
    names.add(name);
  }
}

/** True for bytes that only this process can open. */
export function isByteInput(input: unknown): input is ByteInput {
  return (
    typeof input === 'object' &&
    input !== null &&
    'kind' in input &&
    input.kind === 'bytes' &&
    'open' in input &&
    typeof input.open === 'function'
  );
}

function describeBytes({ name, size }: ByteInput): Source {
  return { kind: 'bytes', ...(name !== undefined && { name }), ...(size !== undefined && { size }) };
}

function parseUrlSource(text: string): Source {
  if (!URL.canParse(text)) {
    const file = /^[a-z][a-z0-9+.-]*:/i.test(text) ? '' : '; a file is fromFile(path)';
    throw invalid(`source: "${shown(text)}" is not an absolute URL, such as https://host/path${file}`);
  }
  const url = new URL(text);
  if (!isScheme(url.protocol.slice(0, -1))) {
    throw invalid(`source: scheme "${url.protocol.slice(0, -1)}" is not one of ${schemes.join(', ')}`);
  }
  if (url.hostname === '') throw invalid(`source: "${redactUrl(url.href)}" names no host`);
  return { kind: 'url', url: isPlain(text) ? text : url.href };
}

/**
 * Written as URLs are written. URL parsers also take blanks around it, backslashes, too few slashes or too many: such a text is
 * spelled out, so that everybody who reads it sees the same user, host and query.
 */
function isPlain(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/\\\s\p{Cc}][^\\\s\p{Cc}]*$/iu.test(text);
}

/** A text that is no URL may still hold a password and a query. */
function shown(text: string): string {
  const bare = text.slice(text.lastIndexOf('@') + 1).replace(/[?#].*$/s, '?…');
  return redactUrl(bare.length > 100 ? `${bare.slice(0, 100)}…` : bare);
}

function isScheme(text: string): text is Scheme {
  return (schemes as readonly string[]).includes(text);
}

function invalid(message: string): SluiceError {
  return new SluiceError({ code: 'invalid-request', message });
}

/** The scheme of a URL source; undefined for the other kinds. */
export function sourceScheme(source: Source): Scheme | undefined {
  if (source.kind !== 'url') return undefined;
  const scheme = new URL(source.url).protocol.slice(0, -1);
  return isScheme(scheme) ? scheme : undefined;
}

/** A source as it may be shown: without credentials and query. */
export function displaySource(source: Source): string {
  if (source.kind === 'url') return redactUrl(source.url);
  if (source.kind === 'bytes') return source.name ?? 'bytes';
  if (source.kind === 'file') return source.path;
  const place = `integration:${source.id}`;
  return source.files === undefined ? place : `${namesOf(source.files)} into ${place}`;
}

function namesOf(files: BucketFile[]): string {
  const [first] = files;
  return files.length === 1 && first !== undefined ? first.name : `${files.length} files`;
}

/** The default name: the source's path without its leading slash, decoded, or its host; a file's own name; an integration's id. */
export function defaultName(source: Source): string {
  if (source.kind === 'integration') return source.files === undefined ? source.id : namesOf(source.files);
  if (source.kind === 'bytes') return source.name ?? 'upload';
  if (source.kind === 'file') return source.path.split(/[\\/]/).at(-1) ?? source.path;
  const { pathname, hostname } = new URL(source.url);
  const path = pathname.replace(/^\/+/, '');
  if (path === '') return hostname;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A file for a connected bucket as an application names it: its source, or that and its name below the bucket's prefix. */
export type BucketFileInput = string | URL | Source | { source: string | URL | Source; name?: string };

/**
 * A bucket that the provider was already given, by the provider's own id for it.
 * @param options.files are put into that bucket first, and the job has an outcome for each of them; a name that is left out is the file's own
 * @throws SluiceError `invalid-request` for a file that is neither a URL nor from `fromFile()`
 */
export function integration(id: string, options: { files?: readonly BucketFileInput[] } = {}): Source {
  const files = options.files?.map(readBucketFile);
  return parseSource({ kind: 'integration', id, ...(files !== undefined && { files }) });
}

function readBucketFile(input: BucketFileInput): BucketFile {
  const isNamed = typeof input === 'object' && 'source' in input;
  const source = parseSource(isNamed ? input.source : input);
  if (source.kind !== 'url' && source.kind !== 'file') {
    throw invalid(
      'source.files: must be URLs, or what fromFile() returned: another process has to be able to open them',
    );
  }
  const name = isNamed ? input.name : undefined;
  return { source, name: name ?? (defaultName(source).split('/').at(-1) || 'file') };
}
