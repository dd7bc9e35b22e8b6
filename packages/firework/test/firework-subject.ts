import { createHmac } from 'node:crypto';
import type { ImportRequest } from '@sluice/core';
import type { AdapterSubject, SampleDelivery } from '@sluice/core/testing';
import { firework } from '../src/index.js';
import {
  accepted,
  completed,
  created,
  multipart,
  rateLimited,
  running,
  signed,
  token,
  unauthorized,
  video,
} from './samples.js';

const settings = { clientId: 'client-0123', clientSecret: 'client-secret-0123', channelId: 'X6Xqd6W' };
const secret = 'endpoint-secret-0123';
/** The cases' clock stands here. */
const now = Date.UTC(2026, 0, 1);

const source = 'https://example.com/videos/large-product-demo.mp4';

function fileOf(path: string, size: number): ImportRequest['source'] {
  return { kind: 'file', path, size, modifiedAt: 0 };
}

/** A delivery that is signed as the Webhooks page says. */
function delivery(
  body: string,
  { time = now, key = secret, toleranceMs = 300_000 }: { time?: number; key?: string; toleranceMs?: number } = {},
): SampleDelivery {
  const signature = createHmac('sha256', key).update(`${time}.${body}`).digest('base64');
  return {
    body,
    headers: { 'FW-Webhooks-Signature': `t=${time},v1=${signature}` },
    settings: { ...settings, webhook: { secret, toleranceMs } },
  };
}

const failed = { event: 'video_import_failed', import_id: running.id };
const body = JSON.stringify({ event: 'video_created', import_id: running.id, video });

export const fireworkSubject: AdapterSubject = {
  adapter: firework.adapter,
  settings,
  request: {
    source,
    options: {
      firework: {
        channel_id: 'Y7Yre7X',
        caption: 'My Amazing Product Demo',
        description: 'Check out this awesome product in action!',
        access: 'public',
        archived_at: '2025-01-29T12:00:00Z',
        audio_disabled: false,
        hashtags: ['product', 'demo', 'fashion'],
        business_store_id: 'encoded_store_id',
        product_ids: ['product_id_1'],
        custom_fields: { campaign: 'summer' },
        display_social_attributions: true,
        external_media: {
          source: 'tiktok',
          url: 'https://tiktok.example/@me/1',
          username: '@me',
          navigation_enabled: false,
        },
        poster_url: 'https://example.com/my-custom-poster.jpg',
        video_hidden: true,
        async: true,
      },
    },
  },
  uploads: {
    single: { source: fileOf('/videos/clip.mp4', 99_999_999) },
    multipart: { source: fileOf('/videos/film.mov', 100_000_000) },
    file: { source: fileOf('/videos/clip.mp4', 25_600), options: { firework: { upload: 'file' } } },
  },
  honoured: Object.fromEntries(['name', 'title', 'description', 'tags'].map((field) => [field, { source }])),
  samples: {
    authorized: token,
    started: accepted,
    pending: { running: { json: running } },
    completed: [{ json: completed }],
    failed: [
      { json: { ...running, status: 'errored' } },
      { json: { ...running, status: 'errored', video_id: video.id } },
    ],
    unknownWord: { word: 'paused', answer: { json: { ...running, status: 'paused' } } },
    unauthorized,
    rateLimited: [rateLimited, { status: 429, headers: { 'retry-after': '120' }, json: {} }],
    upload: {
      begun: { single: signed, multipart: { status: 201, json: multipart(11) } },
      completed: { status: 204, text: '' },
      started: created,
      answered: created,
    },
    webhook: {
      genuine: [
        { body },
        { body: JSON.stringify({ type: 'video_updated', data: { import_id: running.id } }) },
        delivery(body),
        delivery(JSON.stringify(failed)),
      ],
      forged: [
        { ...delivery(body), headers: {} },
        { ...delivery(body), body: `${body} ` },
        { ...delivery(body), headers: { 'FW-Webhooks-Signature': 'not a signature' } },
        delivery(body, { key: 'another-secret' }),
        delivery(body, { time: now - 300_001 }),
        delivery(body, { time: now + 300_001 }),
      ],
    },
  },
};
