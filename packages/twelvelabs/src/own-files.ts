import type { ReportedItem } from '@sluice/core/adapter';
import { type ImportLists, type ListedVideo, readStrangeList } from './import-shapes.js';
import { knownLists, noReason, type Place, readyPlace, waitingLists } from './places.js';

/** Which of the job's own files a name of TwelveLabs' means; undefined for the other files of the bucket. */
export type Owner = (filename: string | null | undefined) => string | undefined;

/**
 * Nobody documents whether TwelveLabs names a file by its key, by what follows the integration's prefix, or by its last part: the file is the
 * one that is named so, or else the only one that could be meant.
 */
export function ownerOf(files: readonly string[]): Owner {
  const exact = new Set(files);
  return (filename) => {
    if (filename == null) return undefined;
    if (exact.has(filename)) return filename;
    const meant = files.filter((name) => filename.endsWith(`/${name}`) || name.endsWith(`/${filename}`));
    return meant.length === 1 ? meant[0] : undefined;
  };
}

/** Where a file is that the answer to the start did not name: another import took it, or TwelveLabs left it out. */
export function unnamedPlace(name: string, owner: Owner, lists: ImportLists | undefined): Place {
  if (lists === undefined) return { word: 'accepted' };
  const own = (list: ListedVideo[]) => newest(list.filter(({ filename }) => owner(filename) === name));
  const ready = own(lists.ready ?? []);
  if (ready !== undefined) return named(readyPlace(ready), name);
  for (const word of waitingLists) if (own(lists[word] ?? []) !== undefined) return { word };
  for (const [word, list] of Object.entries(lists)) {
    if (!knownLists.has(word) && own(readStrangeList(list)) !== undefined) return { word, unmapped: true };
  }
  const failed = newest((lists.failed ?? []).filter(({ filename }) => owner(filename) === name));
  const message = failed === undefined ? leftOut : `${failed.error_message ?? noReason} (${failedBefore})`;
  return { item: { ok: false, ref: name, message } };
}

const failedBefore = 'in an import before this one; retry_failed true has it tried again';

const leftOut =
  'it stands in the bucket, and TwelveLabs did not import it: most likely the index has the same video under another name (incremental_import false takes it all the same)';

function newest<Listed extends { created_at?: string | null | undefined }>(list: Listed[]): Listed | undefined {
  return [...list].sort((a, b) => Date.parse(b.created_at ?? '') - Date.parse(a.created_at ?? ''))[0];
}

/** The name that the job knows a file by stays its name. */
export function named(place: Place, name: string): Place {
  return 'item' in place ? { item: renamed(place.item, name) } : place;
}

function renamed(item: ReportedItem, ref: string): ReportedItem {
  return { ...item, ref };
}
