import type { ReportedItem } from '@sluice/core/adapter';
import type { ListedVideo } from './import-shapes.js';

/** The lists of files on their way, the least advanced first. */
export const waitingLists = ['validating', 'pending', 'queued', 'indexing'] as const;

/** Any other list is under a name that nobody knows yet. */
export const knownLists: ReadonlySet<string> = new Set(['not_imported', ...waitingLists, 'ready', 'failed']);

/** Where one file is. */
export type Place = { word: string; unmapped?: true } | { item: ReportedItem };

/** For a failed file without a message. */
export const noReason = 'TwelveLabs gives no reason';

/** A file that is in the index. */
export function readyPlace({ video_id: id, filename, created_at }: ListedVideo): Place {
  const video = id ?? '';
  const title = filename ?? undefined;
  const raw = { video_id: video, filename: filename ?? null, created_at: created_at ?? null };
  return { item: { ok: true, ref: title ?? video, asset: { id: video, ...(title !== undefined && { title }), raw } } };
}
