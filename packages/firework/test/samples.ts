import type { ScriptedAnswer } from '@sluice/core/testing';

/** Answers as the Videos page describes them, field by field. It shows none of their bodies. */

export const token: ScriptedAnswer = {
  json: {
    access_token: 'token-0123456789abcdef',
    token_type: 'Bearer',
    expires_in: 3_600,
    scope: 'videos:read videos:write',
  },
};

/** 6.8.1 */
export const video = {
  id: 'V1deo7',
  access: 'public',
  audio_disabled: false,
  caption: 'My Amazing Product Demo',
  description: null,
  hashtags: ['product', 'demo'],
  archived_at: null,
  product_ids: [],
  custom_fields: {},
  display_social_attributions: false,
  external_media: null,
};

export const created: ScriptedAnswer = { status: 201, json: video };

/** 6.8.2 and 9.3 */
export const running = {
  id: 'Imp0rt1',
  status: 'running',
  video_id: null,
  created_at: '2025-01-29T12:00:00Z',
  completed_at: null,
};

export const completed = {
  ...running,
  status: 'completed',
  video_id: video.id,
  completed_at: '2025-01-29T12:05:00Z',
};

export const accepted: ScriptedAnswer = { status: 202, json: running };

/** 4.4 */
export const signature = {
  key: 'uploads/channel/clip.mp4',
  post_url: 'https://bucket.s3.example/',
  policy: 'eyJleHBpcmF0aW9uIjoiMjAyNS0wMS0yOSJ9',
  signature: 'd5a1cafe0123456789abcdef0123456789abcdef0123456789abcdef01234567',
  date: '20250129T120000Z',
  credential: 'AKIAEXAMPLE/20250129/us-east-1/s3/aws4_request',
  algorithm: 'AWS4-HMAC-SHA256',
  acl: 'private',
};

export const signed: ScriptedAnswer = { status: 201, json: signature };

/** 5.1.3 */
export function multipart(count: number) {
  const key = 'uploads/channel/film.mov';
  const putUrl = (part: number) =>
    `https://bucket.s3.example/${key}?partNumber=${part}&uploadId=up-1&X-Amz-Signature=signature-of-part-${part}`;
  const parts = Array.from({ length: count }, (_, index) => ({
    part: index + 1,
    signature: { put_url: putUrl(index + 1), key },
  }));
  return { key, upload_id: 'up-1', parts };
}

export const rateLimited: ScriptedAnswer = {
  status: 429,
  json: { error: 'Rate limit exceeded (20 videos per 5 minutes per channel)' },
};

export const unauthorized: ScriptedAnswer = { status: 401, json: { error: 'Invalid or missing authentication token' } };
