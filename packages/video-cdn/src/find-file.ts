import { type Http, type JsonValue, SluiceError } from '@sluice/core/adapter';
import { holdsOneOf, readFiles } from './answers.js';
import type { CdnFile } from './cdn-file.js';
import type { Seen } from './references.js';
import type { ParsedSettings } from './settings.js';

/** Every file of that name: one, or none, unless the provider's filter is wider than its name says. */
export async function filesNamed(http: Http, name: string, settings: ParsedSettings): Promise<CdnFile[]> {
  const { parameters, fields, paths } = settings;
  const { outcome: _onlyOfAnAdd, ...asked } = fields;
  const form = { [parameters.fields]: Object.values(asked).join(','), [parameters.nameFilter]: name };
  const bare = name.replace(/^\/+/, '');
  try {
    const answer = await http.call({ method: 'POST', path: paths.list, form, effect: 'none' });
    return readFiles(answer, settings).filter((file) => file.name === undefined || file.name === bare);
  } catch (error) {
    if (!SluiceError.is(error) || (error.code !== 'not-found' && error.code !== 'invalid-request')) throw error;
    if (holdsOneOf(error.message, settings.words.none)) return [];
    throw error.code === 'not-found' ? notFound(error) : error;
  }
}

/** A wrong address taken for "no such file" would have every file added, and none of them found. */
function notFound(error: SluiceError): SluiceError {
  const message = `${error.message}: correct baseUrl or paths.list, or add to words.none what the Video CDN says where no file has the name`;
  return new SluiceError({ ...error.toJSON(), message, cause: error });
}

/** What has a name, as it is kept with an intent. */
export function seenOf([file]: CdnFile[]): JsonValue {
  if (file === undefined) return null;
  const { id, standing, size, sha256 } = file;
  return {
    id,
    ...(standing !== undefined && { standing }),
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
  };
}

/**
 * Whether a file is another one than the one that was seen before an add: then the add was taken. A name alone proves nothing, since names
 * can be used again.
 */
export function isAnother(file: CdnFile, before: NonNullable<Seen>): boolean {
  if (file.id !== before.id) return true;
  const measured = [
    [file.size, before.size],
    [file.sha256, before.sha256],
  ];
  if (measured.some(([now, then]) => now !== undefined && then !== undefined && now !== then)) return true;
  // A failed file becomes another by being replaced alone, and one that was there is only fetched again for the same reason.
  const over = before.standing === 'failed' || before.standing === 'completed';
  return over && file.standing !== undefined && file.standing !== before.standing;
}
