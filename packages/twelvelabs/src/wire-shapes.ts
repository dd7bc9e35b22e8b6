import { type HttpAnswer, type JsonValue, SluiceError } from '@sluice/core/adapter';
import * as z from 'zod';

/** Fields that decorate an answer: one that cannot be read is left out. */
const text = z.string().nullish().catch(undefined);
const count = z.number().nonnegative().nullish().catch(undefined);
const id = z.string().min(1);
const list = <Item extends z.ZodType>(item: Item) => z.array(item).nullish();

/** An id stands in `_id` in most answers, and in `id` in some. */
const identified = z.object({ _id: id.nullish(), id: id.nullish() });

function idOf({ _id, id: plain }: z.output<typeof identified>, what: string): string {
  const found = _id ?? plain;
  if (found != null) return found;
  throw new SluiceError({ code: 'protocol', message: `TwelveLabs names no id of the ${what}` });
}

const errorText = z
  .object({ message: z.string() })
  .transform(({ message }) => message)
  .nullish()
  .catch(undefined);

const assetSchema = identified.extend({
  status: z.string().min(1),
  filename: text,
  size: count,
  duration: count,
  error: errorText,
});

/** An asset (`POST /assets`, `GET /assets/{id}`). */
export type AssetState = Omit<z.output<typeof assetSchema>, 'id' | '_id'> & { id: string };

export function readAsset(answer: HttpAnswer): AssetState {
  const asset = answer.parse(assetSchema);
  return { ...asset, id: idOf(asset, 'asset') };
}

const userMetadata = z.record(z.string(), z.unknown()).nullish().catch(undefined);
const assetsSchema = z.object({ data: list(assetSchema.extend({ user_metadata: userMetadata })) });

/** The assets of a list; undefined where it holds none that could be looked through. */
export function readAssets(answer: HttpAnswer): (AssetState & { metadata: Record<string, unknown> })[] | undefined {
  return answer.parse(assetsSchema).data?.map(({ user_metadata, ...asset }) => ({
    ...asset,
    id: idOf(asset, 'asset'),
    metadata: user_metadata ?? {},
  }));
}

const createdIndexedSchema = identified;

export function readCreatedIndexed(answer: HttpAnswer): string {
  return idOf(answer.parse(createdIndexedSchema), 'indexed asset');
}

const indexedOfAssetSchema = z.object({ data: list(identified.extend({ index: identified.nullish() })) });

/** The places of an asset in indexes; undefined where nothing is said. */
export function readIndexedOfAsset(answer: HttpAnswer): { id: string; index: string | undefined }[] | undefined {
  return answer
    .parse(indexedOfAssetSchema)
    .data?.map((one) => ({ id: idOf(one, 'indexed asset'), index: one.index?._id ?? one.index?.id ?? undefined }));
}

const indexedSchema = identified.extend({
  status: z.string().min(1),
  error: errorText,
  error_message: text,
  hls: z.object({ video_url: text }).nullish().catch(undefined),
  system_metadata: z.object({ duration: count, filename: text }).nullish().catch(undefined),
});

/** An asset in an index (`GET /indexes/{index-id}/indexed-assets/{id}`). */
export type IndexedState = Omit<z.output<typeof indexedSchema>, 'id' | '_id'> & { id: string };

export function readIndexed(answer: HttpAnswer): IndexedState {
  const indexed = answer.parse(indexedSchema);
  return { ...indexed, id: idOf(indexed, 'indexed asset') };
}

const storeUrl = z.url({ protocol: /^https?$/ });
const signedSchema = z.object({ chunk_index: z.int().min(1), url: storeUrl, expires_at: text });

const sessionSchema = z.object({
  upload_id: id,
  asset_id: id,
  upload_urls: list(signedSchema),
  upload_headers: z.record(z.string(), z.string()).nullish(),
  chunk_size: z.int().min(1),
});

/** An upload session (`POST /assets/multipart-uploads`). */
export function readSessionAnswer(answer: HttpAnswer): z.output<typeof sessionSchema> {
  return answer.parse(sessionSchema);
}

const moreUrlsSchema = z.object({ upload_urls: list(signedSchema) });

export type SignedChunk = z.output<typeof signedSchema>;

export function readMoreUrls(answer: HttpAnswer): SignedChunk[] {
  return answer.parse(moreUrlsSchema).upload_urls ?? [];
}

const chunkSchema = z.object({ index: z.int().min(1), status: text });
const sessionStateSchema = z.object({
  status: z.string().min(1),
  uploaded_chunks: list(chunkSchema),
  chunks_completed: count,
  chunks_pending: count,
  chunks_failed: count,
  page_info: z.object({ total_page: count }).nullish().catch(undefined),
});

/** How an upload session stands (`GET /assets/multipart-uploads/{upload_id}`). */
export type SessionState = z.output<typeof sessionStateSchema>;

export function readSessionState(answer: HttpAnswer): SessionState {
  return answer.parse(sessionStateSchema);
}

/** Whatever it is: an answer that was read is JSON all through. */
const rawSchema = z.custom<JsonValue>();

/** An answer as it came, for whoever needs what the schemas leave out. */
export function readRaw(answer: HttpAnswer): JsonValue {
  return answer.parse(rawSchema);
}
