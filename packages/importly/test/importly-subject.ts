import type { JsonObject } from '@sluice/core/adapter';
import type { AdapterSubject, ScriptedAnswer } from '@sluice/core/testing';
import { importly } from '../src/index.js';

/** The id of the job in every answer of the Import Endpoint page. */
export const jobId = 'abc123';

/** An answer that the page shows: `{ success: true, data }`. */
export function taken(data: JsonObject): ScriptedAnswer {
  return { json: { success: true, data } };
}

const notFinished = { startedAt: '2025-01-15T10:30:00.000Z', completedAt: null };

/** Import Endpoint page, "Example Response". */
export const started = taken({
  jobId,
  status: 'queued',
  message: "Media import has been queued. You will receive a webhook when it's complete.",
});

/** Import Endpoint page, "Status Response (Completed)". */
export const nested = {
  jobId,
  status: 'completed',
  result: {
    mediaUrl: 'https://cdn-storage.importly.io/abc123/video.mp4',
    title: 'Sample Video',
    duration: 314,
    creditsUsed: 78,
    message: 'Import completed successfully',
  },
  startedAt: '2025-01-15T10:30:00.000Z',
  completedAt: '2025-01-15T10:35:23.000Z',
};

export const s3Storage = {
  url: 'https://your-bucket.s3.us-east-1.amazonaws.com/videos/2024/my-video.mp4',
  bucket: 'your-bucket',
  key: 'videos/2024/my-video.mp4',
};

/** S3 Storage Integration page, "Response". */
export const flat = {
  jobId: '550e8400-e29b-41d4-a716-446655440000',
  status: 'completed',
  mediaUrl: s3Storage.url,
  s3Storage,
  title: 'Video Title',
  duration: 240,
  fileSizeBytes: 15_728_640,
  costInDollars: 0.05,
};

/** Import Endpoint page, "Status Response (Failed)". */
export const failed = taken({
  jobId,
  status: 'failed',
  message: 'Failed to download media from URL',
  startedAt: '2025-01-15T10:30:00.000Z',
  completedAt: '2025-01-15T10:31:15.000Z',
});

/** Import Endpoint page, "429 Rate Limit Response Example". */
export const rateLimited: ScriptedAnswer = {
  status: 429,
  json: {
    success: false,
    error: 'Rate limit exceeded. Limit: 240 requests per 1 h',
    limit: 240,
    remaining: 0,
    reset: 1_709_901_234_000,
    retryAfter: 3_600,
    endpoint: '/import',
  },
};

/** The second 429, of Importly's error handling page. */
export const tooManyAtOnce: ScriptedAnswer = {
  status: 429,
  json: {
    success: false,
    error: 'Concurrent limit exceeded. Max 2 concurrent import jobs allowed.',
    concurrentLimit: 2,
    currentConcurrent: 2,
    endpoint: '/import',
  },
};

const delivered = {
  jobId,
  status: 'completed',
  mediaUrl: 'https://cdn.importly.io/abc123/video.mp4',
  creditsUsed: 52,
  message: 'Your video is ready!',
};

const signingSettings = { apiKey: 'importly-key-0123456789', webhook: { secret: 'webhook-secret-0123' } };

/** Made with `openssl dgst -sha256 -hmac webhook-secret-0123` over the body. */
const signature = '0c2bf4021d90ff188ac92910451fbf2261cd61f071c1e540e4be1b248f3f61a6';

export const deliveryBody = JSON.stringify(delivered);

export const importlySubject: AdapterSubject = {
  adapter: importly.adapter,
  settings: { apiKey: 'importly-key-0123456789' },
  request: {
    source: 'https://example.com/video.mp4',
    options: {
      importly: {
        includeVideo: true,
        includeAudio: true,
        videoQuality: '1080p',
        audioQuality: 'high',
        store: true,
        storagePath: 'videos/2024',
        storageFilename: 'my-video',
        storageBucket: 'my-other-bucket',
        storageClass: 'INTELLIGENT_TIERING',
        storageReturnLocation: true,
      },
    },
  },
  honoured: { name: { source: 'https://example.com/video.mp4', options: { importly: { store: true } } } },
  samples: {
    started,
    pending: {
      queued: taken({ jobId, status: 'queued', startedAt: null, completedAt: null }),
      running: taken({ jobId, status: 'running', ...notFinished }),
      importing: taken({ id: jobId, status: 'importing', ...notFinished }),
    },
    completed: [taken(nested), taken({ ...nested, result: { ...nested.result, s3Storage } }), taken(flat)],
    failed: [failed],
    unknownWord: { word: 'transcoding', answer: taken({ jobId, status: 'transcoding', ...notFinished }) },
    unauthorized: { status: 401, json: { success: false, error: 'Invalid API key' } },
    rateLimited: [rateLimited, tooManyAtOnce],
    refused: [{ status: 500, json: { success: false, error: 'Internal Server Error' } }],
    probe: {
      started: taken({ jobId: 'meta1', status: 'queued', message: 'Metadata request queued.' }),
      pending: taken({ jobId: 'meta1', status: 'processing', ...notFinished }),
      done: taken({ jobId: 'meta1', status: 'completed', result: { title: 'Sample Video', duration: 314 } }),
      failed: taken({ jobId: 'meta1', status: 'failed', message: 'Unsupported URL' }),
    },
    webhook: {
      genuine: [
        { body: deliveryBody },
        { body: deliveryBody, toJob: true },
        { body: JSON.stringify({ status: 'completed' }), toJob: true },
        { body: JSON.stringify({ id: jobId, status: 'failed', message: 'no' }) },
        { body: deliveryBody, headers: { 'X-Importly-Signature': signature }, settings: signingSettings },
      ],
      forged: [
        { body: deliveryBody, settings: signingSettings },
        {
          body: deliveryBody,
          headers: { 'X-Importly-Signature': signature.replace(/^./, 'f') },
          settings: signingSettings,
        },
        { body: `${deliveryBody} `, headers: { 'X-Importly-Signature': signature }, settings: signingSettings },
        { body: deliveryBody, headers: { 'X-Importly-Signature': 'not hex at all' }, settings: signingSettings },
      ],
    },
  },
};
