import type { JsonAnswer } from '../faults/broken-answer.js';
import type {
  EmulatedAsset,
  EmulatedIndex,
  EmulatedIndexedAsset,
  EmulatedSession,
  EmulatedTransfer,
} from './things.js';

/** A refusal in TwelveLabs' form. */
export function refusal(status: number, code: string, message: string): JsonAnswer {
  return {
    status,
    headers: {},
    body: { code, message, docs_url: 'https://docs.twelvelabs.io/api-reference/error-codes' },
  };
}

export function ok(body: unknown, status = 200): JsonAnswer {
  return { status, headers: {}, body };
}

/** RFC 3339 in whole seconds. */
export function rfcTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** A page of a list, and what is said of it. */
export function pageOf<Item>(items: readonly Item[], query: Record<string, string>) {
  const limit = Math.min(50, Math.max(1, Number(query.page_limit ?? 10) || 10));
  const page = Math.max(1, Number(query.page ?? 1) || 1);
  return {
    items: items.slice((page - 1) * limit, page * limit),
    page_info: {
      limit_per_page: limit,
      page,
      total_page: Math.ceil(items.length / limit),
      total_results: items.length,
    },
  };
}

export function indexBody({ id, name, models, createdAt, digests }: EmulatedIndex) {
  const created = rfcTime(createdAt);
  return {
    _id: id,
    index_name: name,
    created_at: created,
    updated_at: created,
    video_count: digests.length,
    models: models.map((model) => ({ model_name: model, model_options: ['visual', 'audio'] })),
  };
}

export function assetBody(asset: EmulatedAsset) {
  const { id, method, status, filename, contentType, createdAt, metadata, size, durationSeconds, error } = asset;
  const isOver = status === 'ready';
  return {
    _id: id,
    method,
    status,
    filename,
    file_type: contentType,
    created_at: rfcTime(createdAt),
    user_metadata: metadata,
    ...(isOver && size !== undefined && { size }),
    ...(isOver && durationSeconds !== undefined && { duration: durationSeconds }),
    ...(status === 'failed' && { error: { message: error ?? 'the file could not be processed' } }),
    ...(asset.hls && { hls: { status: isOver ? 'ready' : 'pending' } }),
    ...(asset.thumbnail && { thumbnail: { status: isOver ? 'ready' : 'pending' } }),
  };
}

/** @param base where its streams are, without a slash at its end */
export function indexedBody(indexed: EmulatedIndexedAsset, asset: EmulatedAsset | undefined, base: string) {
  const { id, assetId, status, createdAt, indexedAt, metadata, stream, error } = indexed;
  return {
    _id: id,
    asset_id: assetId,
    status,
    created_at: rfcTime(createdAt),
    updated_at: rfcTime(indexedAt ?? createdAt),
    ...(indexedAt !== null && { indexed_at: rfcTime(indexedAt) }),
    system_metadata: {
      filename: asset?.filename,
      duration: asset?.durationSeconds,
      width: asset?.width,
      height: asset?.height,
      size: asset?.size,
    },
    user_metadata: metadata,
    ...(stream && status === 'ready' && { hls: { video_url: `${base}/streams/${id}.m3u8`, status: 'COMPLETE' } }),
    ...(error !== undefined && { error: { message: error } }),
  };
}

export function sessionBody(session: EmulatedSession, query: Record<string, string>) {
  const chunks = [...session.reported].sort((a, b) => a.index - b.index);
  const { items, page_info } = pageOf(chunks, query);
  return {
    upload_id: session.id,
    status: session.state,
    uploaded_chunks: items.map(({ index, at }) => ({ index, status: 'completed', uploaded_at: rfcTime(at) })),
    chunks_completed: chunks.length,
    chunks_failed: 0,
    chunks_pending: session.totalChunks - chunks.length,
    page_info,
    total_size: session.totalSize,
    uploaded_size: chunks.reduce((sum, { size }) => sum + size, 0),
    created_at: rfcTime(session.createdAt),
    updated_at: rfcTime(chunks.at(-1)?.at ?? session.createdAt),
  };
}

/** An import as the logs have it. */
export function logBody(transfer: EmulatedTransfer, index: EmulatedIndex | undefined) {
  const { videos, refused, indexId, createdAt, endedAt } = transfer;
  const counts = { ready: 0, validating: 0, queued: 0, pending: 0, indexing: 0, failed: refused.length };
  for (const { state } of videos) counts[state] += 1;
  const failed = videos.filter(({ state }) => state === 'failed');
  return {
    index_id: indexId,
    index_name: index?.name ?? '',
    created_at: new Date(createdAt).toISOString(),
    ended_at: endedAt === null ? null : new Date(endedAt).toISOString(),
    video_status: counts,
    failed_files: [...refused, ...failed].map(({ filename, error }) => ({ filename, error_message: error ?? '' })),
  };
}
