import type { ScriptedAnswer } from '@sluice/core/testing';

/** Answers as the published types of twelvelabs-js 1.0.2 (integrations) and 1.3.4 (assets) have them. */

export const ids = {
  integration: '6298d673f1090f1100476d4c',
  index: '6298d673f1090f1100476d4d',
  asset: '6298d673f1090f1100476d4e',
  indexed: '6298d673f1090f1100476d4f',
  upload: '507f1f77bcf86cd799439011',
};

export const asset = {
  _id: ids.asset,
  method: 'url',
  status: 'processing',
  filename: 'demo.mp4',
  file_type: 'video/mp4',
  created_at: '2026-01-01T00:00:00Z',
  user_metadata: { sluice_job: 'job-1' },
};

export const readyAsset = { ...asset, status: 'ready', size: 1_048_576, duration: 12.5 };
export const failedAsset = { ...asset, status: 'failed', error: { message: 'the file is corrupt' } };
/** `id` in place of `_id`, as some answers have it. */
const { _id, ...rest } = readyAsset;
export const readyAssetById = { id: _id, ...rest };

export const created: ScriptedAnswer = { status: 201, json: { ...asset, videos: [], failed_files: null } };

export const session = {
  upload_id: ids.upload,
  asset_id: ids.asset,
  upload_urls: [1, 2].map((chunk) => ({
    chunk_index: chunk,
    url: `https://store.example/chunk?partNumber=${chunk}&X-Amz-Signature=signature-of-chunk-${chunk}`,
    expires_at: '2026-01-01T01:00:00Z',
  })),
  upload_headers: { 'x-amz-meta-upload': 'twelvelabs' },
  chunk_size: 5_000_000,
  total_chunks: 4,
  expires_at: '2026-01-02T00:00:00Z',
};

export const sessionState = {
  upload_id: ids.upload,
  status: 'active',
  uploaded_chunks: [
    { index: 1, status: 'completed', uploaded_at: '2026-01-01T00:00:10Z' },
    { index: 2, status: 'failed', error: 'the proof does not match' },
    { index: 3, status: 'pending' },
  ],
  chunks_completed: 1,
  chunks_failed: 1,
  chunks_pending: 2,
  page_info: { limit_per_page: 50, page: 1, total_page: 1, total_results: 3 },
  total_size: 16_000_001,
  uploaded_size: 5_000_000,
};

export const rateLimited: ScriptedAnswer = {
  status: 429,
  headers: {
    'X-Ratelimit-Limit': '8',
    'X-Ratelimit-Remaining': '0',
    'X-Ratelimit-Used': '8',
    'X-Ratelimit-Reset': '1767225660',
  },
  text: '',
};

export const tooMany: ScriptedAnswer = {
  status: 429,
  json: { code: 'too_many_requests', message: 'You have exceeded the rate limit' },
};

export const unauthorized: ScriptedAnswer = {
  status: 401,
  json: { code: 'api_key_invalid', message: 'The provided API key is invalid', docs_url: 'https://docs.example/auth' },
};

const at = '2026-01-01T00:00:00Z';

/** One video of an import in one of the lists of a status. */
export function listed(list: string, name = 'a.mp4', id = 'video-1') {
  return { [list]: [{ video_id: id, filename: name, created_at: at }] };
}

export function failedFile(name: string, message: string, created_at = at) {
  return { filename: name, created_at, error_message: message };
}

export const startedImport: ScriptedAnswer = {
  status: 201,
  headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
  json: {
    videos: [
      { video_id: 'video-1', filename: 'a.mp4' },
      { video_id: 'video-2', filename: 'b.mp4' },
    ],
    failed_files: [{ filename: 'c.mp4', error_message: 'The video is too short' }],
    // What an asset is answered with: one sample serves every kind of source.
    _id: ids.asset,
    status: 'processing',
  },
};

export const log = {
  index_id: ids.index,
  index_name: 'summer',
  created_at: at,
  ended_at: null,
  video_status: { ready: 0, validating: 2, queued: 0, pending: 0, indexing: 0, failed: 0 },
  failed_files: [{ filename: 'c.mp4', error_message: 'The video is too short' }],
};
