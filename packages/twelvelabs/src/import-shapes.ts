import type { HttpAnswer } from '@sluice/core/adapter';
import * as z from 'zod';

/** The answers about an integration. Every list may be missing or null. */

const text = z.string().nullish().catch(undefined);
const list = <Item extends z.ZodType>(item: Item) => z.array(item).nullish();
const failedFileSchema = z.object({ filename: text, error_message: text });

const startedSchema = z.object({
  videos: list(z.object({ video_id: z.string().min(1), filename: text })),
  failed_files: list(failedFileSchema),
});

/** What an import was answered with: what will be imported, and what will not. */
export function readStartedImport(answer: HttpAnswer): z.output<typeof startedSchema> {
  return answer.parse(startedSchema);
}

const listedSchema = z.object({ video_id: z.string().nullish(), filename: text, created_at: text });
const failedSchema = z.object({ filename: text, created_at: text, error_message: text });

const statusSchema = z
  .object({
    not_imported: list(z.string()),
    validating: list(listedSchema),
    pending: list(listedSchema),
    queued: list(listedSchema),
    indexing: list(listedSchema),
    ready: list(listedSchema),
    failed: list(failedSchema),
  })
  // A list that nobody knows yet is a word for a state.
  .catchall(z.unknown());

/** How the files of an integration stand in an index. */
export type ImportLists = z.output<typeof statusSchema>;

export type ListedVideo = z.output<typeof listedSchema>;

export function readImportLists(answer: HttpAnswer): ImportLists {
  return answer.parse(statusSchema);
}

/** The videos of a list under a name that is not known. */
export function readStrangeList(value: unknown): ListedVideo[] {
  return z.array(listedSchema).safeParse(value).data ?? [];
}

const logSchema = z.object({
  index_id: text,
  index_name: text,
  created_at: z.string().min(1),
  ended_at: text,
  failed_files: list(failedFileSchema),
});

/** One import as the logs have it; `ended_at` is null while it runs. */
export type ImportLog = z.output<typeof logSchema>;

/** Under `data`, as its public shape is, or bare. */
const logsSchema = z.union([z.object({ data: list(logSchema) }).transform(({ data }) => data), z.array(logSchema)]);

/** The newest first: the order of the answer is not relied upon. */
export function readLogs(answer: HttpAnswer): ImportLog[] {
  const data = answer.parse(logsSchema) ?? [];
  return data.sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
}
