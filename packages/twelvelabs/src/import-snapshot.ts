import type { ProviderSnapshot, ReportedItem, Warning } from '@sluice/core/adapter';
import { type ImportLists, type ListedVideo, readStrangeList } from './import-shapes.js';
import { named, ownerOf, unnamedPlace } from './own-files.js';
import { knownLists, noReason, type Place, readyPlace, waitingLists } from './places.js';
import type { ImportMemo } from './references.js';

const longestMessage = 3;

type Video = ImportMemo['videos'][number];

/** How an import stands: every file that its start named, or that was put there for it, has an outcome or is on its way in one of the lists. */
export function importSnapshot(memo: ImportMemo, lists?: ImportLists): ProviderSnapshot {
  const { places, others } =
    memo.files === undefined ? { places: allPlaces(memo, lists), others: 0 } : ownPlaces(memo, lists);
  const items = distinct(places.flatMap((place) => ('item' in place ? [place.item] : [])));
  const open = places.flatMap((place) => ('word' in place ? [place] : []));
  if (open.length === 0) return over(items, [...warningsOf(items, lists), ...othersWarning(others)]);
  const strange = open.find(({ unmapped }) => unmapped === true);
  const word = strange?.word ?? leastAdvanced(open.map((place) => place.word));
  return {
    state: 'running',
    rawState: word,
    ...(strange !== undefined && { unmapped: true }),
    ...(items.length > 0 && { items }),
    progress: { done: items.length, total: places.length, unit: 'items' },
  };
}

/** All that the start named. */
function allPlaces(memo: ImportMemo, lists: ImportLists | undefined): Place[] {
  const refused = memo.refused.map(({ name, message }): Place => ({ item: { ok: false, ref: name, message } }));
  return [...refused, ...placesOf(memo, lists)];
}

/** The files that were put there for this job, in their order, and how many others the start named. */
function ownPlaces(memo: ImportMemo, lists: ImportLists | undefined): { places: Place[]; others: number } {
  const { files = [], videos, refused } = memo;
  const owner = ownerOf(files);
  const found = new Map<string, Place>();
  for (const { name, message } of refused) {
    const own = owner(name);
    if (own !== undefined) found.set(own, { item: { ok: false, ref: own, message } });
  }
  for (const [index, place] of placesOf(memo, lists).entries()) {
    const own = owner(videos[index]?.name);
    if (own !== undefined) found.set(own, named(place, own));
  }
  const places = files.map((name) => found.get(name) ?? unnamedPlace(name, owner, lists));
  return { places, others: videos.length + refused.length - found.size };
}

function over(items: ReportedItem[], warnings: Warning[]): ProviderSnapshot {
  const failed = items.filter((item) => !item.ok);
  const end = { items, ...(warnings.length > 0 && { warnings }) };
  if (failed.length === 0 || failed.length < items.length) return { state: 'completed', rawState: 'ready', ...end };
  const reasons = [...new Set(failed.map(({ message }) => message))];
  const more = reasons.length > longestMessage ? `; and ${reasons.length - longestMessage} more reasons` : '';
  const message = `none of the ${failed.length} files was imported: ${reasons.slice(0, longestMessage).join('; ')}${more}`;
  return { state: 'failed', rawState: 'failed', message, ...end };
}

function warningsOf(items: ReportedItem[], lists: ImportLists | undefined): Warning[] {
  const left = lists?.not_imported?.length ?? 0;
  const nothing =
    'TwelveLabs named no file to import: every file of the bucket is in the index already, or failed before and retry_failed is false';
  return [
    ...(items.length === 0 ? [{ code: 'nothing-to-import', message: nothing }] : []),
    ...(left === 0
      ? []
      : [
          {
            code: 'not-imported',
            message: `${left} files of the bucket are not imported, and were not part of this import`,
          },
        ]),
  ];
}

/** Nobody asked for them here, and they may cost. */
function othersWarning(others: number): Warning[] {
  if (others === 0) return [];
  const message = `${others} other files of the bucket were imported along with this job's`;
  return [{ code: 'others-imported', message }];
}

/** Where each file is, in the order of the start's answer. */
function placesOf({ videos, since }: ImportMemo, lists: ImportLists | undefined): Place[] {
  if (lists === undefined) return videos.map(() => ({ word: 'accepted' }));
  const byId = new Map<string, Place & { video?: ListedVideo }>();
  const put = (list: ListedVideo[], place: (video: ListedVideo) => Place) => {
    for (const video of list) if (video.video_id != null) byId.set(video.video_id, place(video));
  };
  for (const [word, list] of Object.entries(lists)) {
    if (!knownLists.has(word)) put(readStrangeList(list), () => ({ word, unmapped: true }));
  }
  for (const word of waitingLists) put(lists[word] ?? [], () => ({ word }));
  put(lists.ready ?? [], readyPlace);
  const failures = failuresOf(lists, since);
  return videos.map((video) => {
    const place = byId.get(video.id);
    // The start's own name of a file stays its name.
    return place === undefined ? (failures(video) ?? { word: 'accepted' }) : named(place, video.name);
  });
}

/** Failed files are listed by name alone: those of this import, each for one of its files. */
function failuresOf({ failed }: ImportLists, since: number | undefined): (video: Video) => Place | undefined {
  const byName = new Map<string, string[]>();
  for (const { filename, created_at, error_message } of failed ?? []) {
    const at = Date.parse(created_at ?? '');
    if (filename == null || (since !== undefined && at < since)) continue;
    const messages = byName.get(filename) ?? [];
    byName.set(filename, [...messages, error_message ?? noReason]);
  }
  return ({ name }) => {
    const message = byName.get(name)?.shift();
    return message === undefined ? undefined : { item: { ok: false, ref: name, message } };
  };
}

function leastAdvanced(words: string[]): string {
  return waitingLists.find((word) => words.includes(word)) ?? 'accepted';
}

/** Two files of one name, in two folders, are two items. */
function distinct(items: ReportedItem[]): ReportedItem[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const times = (seen.get(item.ref) ?? 0) + 1;
    seen.set(item.ref, times);
    return times === 1 ? item : { ...item, ref: `${item.ref} (${times})` };
  });
}
