import type { JsonValue } from '@sluice/core/adapter';
import * as z from 'zod';
import { userMetadataSchema } from './user-metadata.js';

/** What this adapter leaves in records: ids of TwelveLabs, names of files, and what a later call needs of the request. */

const referenceSchema = z.union([
  z.object({ integration: z.string(), index: z.string(), video: z.string() }),
  z.object({ indexed: z.string() }),
  z.object({ asset: z.string() }),
]);

/** A job at TwelveLabs: an import from an integration (with the first of its videos, so that no two are alike), an asset, or one in an index. */
export type Reference = z.output<typeof referenceSchema>;

export function readReference(ref: JsonValue): Reference {
  return referenceSchema.parse(ref);
}

const indexingSchema = z.object({
  index: z.string(),
  enable_video_stream: z.boolean().exactOptional(),
  user_metadata: userMetadataSchema.exactOptional(),
});

/** How an asset is to be indexed once it is ready. */
export type Indexing = z.output<typeof indexingSchema>;

const assetMemoSchema = z.object({ indexing: indexingSchema.exactOptional() });

/** What is done with an asset; nothing where no index was named. */
export function readAssetMemo(memo: JsonValue | undefined): z.output<typeof assetMemoSchema> {
  return assetMemoSchema.parse(memo ?? {});
}

const assetFactsSchema = z.object({
  asset: z.string(),
  size: z.number().exactOptional(),
  durationSeconds: z.number().exactOptional(),
  title: z.string().exactOptional(),
});

/** What TwelveLabs said of an asset when it was ready. */
export type AssetFacts = z.output<typeof assetFactsSchema>;

const indexInputSchema = z.object({ indexing: indexingSchema, facts: assetFactsSchema });

/** What the effect `index` is asked to do. */
export function readIndexInput(input: JsonValue | undefined): z.output<typeof indexInputSchema> {
  return indexInputSchema.parse(input);
}

const indexedMemoSchema = z.object({ index: z.string(), facts: assetFactsSchema });

/** What is known of an asset that is in an index. */
export type IndexedMemo = z.output<typeof indexedMemoSchema>;

export function readIndexedMemo(memo: JsonValue | undefined): IndexedMemo {
  return indexedMemoSchema.parse(memo);
}

const importMemoSchema = z.object({
  /** What the answer to the start named: these files and no others become items. */
  videos: z.array(z.object({ id: z.string(), name: z.string() })),
  refused: z.array(z.object({ name: z.string(), message: z.string() })),
  /** No later than the import began, by the provider's clock, in epoch milliseconds: what failed before that failed in another one. */
  since: z.number().exactOptional(),
  /** The names of the files that were put into the bucket first: these and no others become items, named in the answer or not. */
  files: z.array(z.string()).exactOptional(),
});

/** What is known of an import from an integration. */
export type ImportMemo = z.output<typeof importMemoSchema>;

export function readImportMemo(memo: JsonValue | undefined): ImportMemo {
  return importMemoSchema.parse(memo);
}

const beforeSchema = z.object({ newest: z.string().nullable() });

/** The newest import before the start, by the provider's clock. */
export function readBefore(before: JsonValue | undefined): z.output<typeof beforeSchema> {
  return beforeSchema.parse(before ?? { newest: null });
}

const uploadedSchema = z.object({ asset: z.string() });

/** What an upload in chunks leaves behind: an asset, made by the upload itself. */
export function readUploaded(uploaded: JsonValue): z.output<typeof uploadedSchema> {
  return uploadedSchema.parse(uploaded);
}

const sessionSchema = z.object({ upload: z.string(), chunkSize: z.int(), totalSize: z.int() });

/** An upload in chunks that was begun. */
export type Session = z.output<typeof sessionSchema>;

export function readSession(session: JsonValue): Session {
  return sessionSchema.parse(session);
}
