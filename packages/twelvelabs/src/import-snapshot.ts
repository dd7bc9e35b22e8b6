import type { ProviderSnapshot, ReportedItem, Warning } from '@sluice/core/adapter';
import { type ImportLists, type ListedVideo, readStrangeList } from './import-shapes.js';
import type { ImportMemo } from './references.js';

/** The lists of files on their way, the least advanced first. */
const waiting = ['validating', 'pending', 'queued', 'indexing'] as const;
const known = new Set<string>(['not_imported', ...waiting, 'ready', 'failed']);
const longestMessage = 3;

type Video = ImportMemo['videos'][number];

/** Where one file is. */
type Place = { word: string; unmapped?: true } | { item: ReportedItem };

/** How an import stands: every file that its start named has an outcome, or is on its way in one of the lists. */
export function importSnapshot(memo: ImportMemo, lists?: ImportLists): ProviderSnapshot {
  const places = placesOf(memo, lists);
  const outcomes = [
    ...memo.refused.map(({ name, message }): ReportedItem => ({ ok: false, ref: name, message })),
    ...places.flatMap((place) => ('item' in place ? [place.item] : [])),
  ];
  const items = distinct(outcomes);
  const open = places.flatMap((place) => ('word' in place ? [place] : []));
  if (open.length === 0) return over(items, lists);
  const total = memo.videos.length + memo.refused.length;
  const strange = open.find(({ unmapped }) => unmapped === true);
  const word = strange?.word ?? leastAdvanced(open.map((place) => place.word));
  return {
    state: 'running',
    rawState: word,
    ...(strange !== undefined && { unmapped: true }),
    ...(items.length > 0 && { items }),
    progress: { done: items.length, total, unit: 'items' },
  };
}

function over(items: ReportedItem[], lists: ImportLists | undefined): ProviderSnapshot {
  const failed = items.filter((item) => !item.ok);
  const warnings = warningsOf(items, lists);
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

/** Where each file is, in the order of the start's answer. */
function placesOf({ videos, since }: ImportMemo, lists: ImportLists | undefined): Place[] {
  if (lists === undefined) return videos.map(() => ({ word: 'accepted' }));
  const byId = new Map<string, Place & { video?: ListedVideo }>();
  const put = (list: ListedVideo[], place: (video: ListedVideo) => Place) => {
    for (const video of list) if (video.video_id != null) byId.set(video.video_id, place(video));
  };
  for (const [word, list] of Object.entries(lists)) {
    if (!known.has(word)) put(readStrangeList(list), () => ({ word, unmapped: true }));
  }
  for (const word of waiting) put(lists[word] ?? [], () => ({ word }));
  put(lists.ready ?? [], readyPlace);
  const failures = failuresOf(lists, since);
  return videos.map((video) => named(byId.get(video.id), video) ?? failures(video) ?? { word: 'accepted' });
}

function readyPlace({ video_id: id, filename, created_at }: ListedVideo): Place {
  const video = id ?? '';
  const title = filename ?? undefined;
  const raw = { video_id: video, filename: filename ?? null, created_at: created_at ?? null };
  return { item: { ok: true, ref: title ?? video, asset: { id: video, ...(title !== undefined && { title }), raw } } };
}

/** The start's own name of a file stays its name. */
function named(place: Place | undefined, { name }: Video): Place | undefined {
  return place !== undefined && 'item' in place ? { item: { ...place.item, ref: name } } : place;
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

/** For a failed file without a message. */
export const noReason = 'TwelveLabs gives no reason';

function leastAdvanced(words: string[]): string {
  return waiting.find((word) => words.includes(word)) ?? 'accepted';
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
