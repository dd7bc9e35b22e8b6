import { createHmac } from 'node:crypto';
import { type ImportRequest, integration } from '@sluice/core';
import type { AdapterSubject, EffectSample, SampleDelivery } from '@sluice/core/testing';
import { twelvelabs } from '../src/index.js';
import {
  asset,
  created,
  failedAsset,
  failedFile,
  ids,
  listed,
  log,
  rateLimited,
  readyAsset,
  readyAssetById,
  session,
  sessionState,
  startedImport,
  tooMany,
  unauthorized,
} from './samples.js';

const settings = { apiKey: 'tlk_0123456789abcdef' };
const secret = 'whs_0123456789abcdef';
/** The cases' clock stands here. */
const now = Date.UTC(2026, 0, 1);
function fileOf(path: string, size: number): ImportRequest['source'] {
  return { kind: 'file', path, size, modifiedAt: 0 };
}

/** A delivery that is signed as TwelveLabs signs it. */
function delivery(
  body: string,
  { time = now / 1_000, key = secret }: { time?: number; key?: string } = {},
): SampleDelivery {
  const signature = createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
  return {
    body,
    ref: { indexed: ids.indexed },
    headers: { 'TL-Signature': `t=${time},v1=${signature}` },
    settings: { ...settings, webhook: { secret } },
  };
}

function deliveryBody(type: string): string {
  return JSON.stringify({
    id: 'delivery-1',
    created_at: '2026-01-01T00:00:00Z',
    type,
    data: { id: ids.indexed, status: 'ready' },
  });
}

const ready = deliveryBody('index.task.ready');

const url = 'https://example.com/videos/demo.mp4';

/** An asset that is ready has a place in an index given to it. */
const indexing: EffectSample = {
  request: { source: url, options: { twelvelabs: { index_id: ids.index, enable_video_stream: true } } },
  asked: { json: readyAsset },
  input: {
    indexing: { index: ids.index, enable_video_stream: true },
    facts: {
      asset: ids.asset,
      size: readyAsset.size,
      durationSeconds: readyAsset.duration,
      title: readyAsset.filename,
    },
  },
  answer: { status: 201, json: { _id: ids.indexed } },
  completed: { json: { _id: ids.indexed, status: 'ready', system_metadata: { duration: 12.5 } } },
  recovered: {
    started: [{ json: { data: [{ _id: ids.indexed, index: { _id: ids.index } }] } }],
    nothing: [{ json: { data: [] } }],
  },
};

/** An import that is over. */
const ended = { ...log, created_at: '2025-12-01T00:00:00Z', ended_at: '2025-12-01T01:00:00Z' };

const bothReady = { ready: [...(listed('ready').ready ?? []), ...(listed('ready', 'b.mp4', 'video-2').ready ?? [])] };

/** Of the files that the start names, b.mp4 is somebody else's. */
const put = {
  request: { source: integration(ids.integration), options: { twelvelabs: { index_id: ids.index } } },
  files: ['a.mp4', 'c.mp4'],
  started: startedImport,
  completed: { json: { ...bothReady, failed: [failedFile('c.mp4', 'The video is too short')] } },
  recovered: [
    { json: { data: [log] } },
    { json: { ...listed('validating'), ...listed('queued', 'b.mp4', 'video-2') } },
  ],
};

const shared = {
  put,
  effects: { index: indexing },
  before: { json: { data: [ended] } },
  ready: { json: { data: [ended, { ...ended, ended_at: '2025-12-02T00:00:00Z' }] } },
  unauthorized,
  rateLimited: [rateLimited, tooMany, { status: 429, headers: { 'retry-after': '120' }, json: {} }],
  upload: {
    begun: { chunks: { status: 201, json: session } },
    completed: { json: { ...sessionState, status: 'completed' } },
    started: { json: readyAsset },
    answered: created,
    signed: { json: { upload_id: ids.upload, start_index: 1, count: 2, upload_urls: session.upload_urls } },
    listed: [{ json: sessionState }],
    reported: { json: { asset_id: ids.asset, processed_chunks: 2, duplicate_chunks: 0, total_completed: 2 } },
  },
  webhook: {
    genuine: [
      { body: ready, ref: { indexed: ids.indexed } },
      delivery(ready),
      delivery(deliveryBody('index.task.failed')),
    ],
    forged: [
      { ...delivery(ready), headers: {} },
      { ...delivery(ready), body: `${ready} ` },
      { ...delivery(ready), headers: { 'TL-Signature': 'not a signature' } },
      delivery(ready, { key: 'another-secret' }),
      delivery(ready, { time: now / 1_000 - 301 }),
      delivery(ready, { time: now / 1_000 + 301 }),
    ],
  },
} satisfies Partial<AdapterSubject['samples']>;

/** A model's rules hold for what goes into its index. */
const intoIndex = { twelvelabs: { index_id: ids.index } };

const common = {
  adapter: twelvelabs.adapter,
  settings,
  uploads: {
    direct: { source: fileOf('/videos/clip.mp4', 16_000_000), options: intoIndex },
    chunks: { source: fileOf('/videos/film.mov', 16_000_001), options: intoIndex },
  },
  honoured: { name: { source: url }, metadata: { source: url } },
} satisfies Partial<AdapterSubject>;

const assetOptions = {
  enable_hls: true,
  enable_thumbnail: false,
  user_metadata: { category: 'recentlyAdded', batchNumber: 5, rating: 9.3, needsReview: true },
};

/** A URL that becomes an asset, without an index. */
export const assetSubject: AdapterSubject = {
  ...common,
  // What a recovery cannot find is looked for until the deadline.
  request: { source: url, options: { twelvelabs: assetOptions }, deadlineMs: 600_000 },
  samples: {
    ...shared,
    started: created,
    pending: { processing: { json: asset } },
    completed: [{ json: readyAsset }, { json: readyAssetById }],
    failed: [{ json: failedAsset }, { json: { ...failedAsset, error: null } }],
    unknownWord: { word: 'frozen', answer: { json: { ...asset, status: 'frozen' } } },
    recovered: {
      started: [{ json: { data: [{ ...asset, _id: 'other', user_metadata: null }, asset] } }, { json: asset }],
      nothing: [{ json: { data: [] } }],
    },
  },
};

const b = listed('queued', 'b.mp4', 'video-2');
/** All files of a connected bucket. */
export const integrationSubject: AdapterSubject = {
  ...common,
  request: {
    source: integration(ids.integration),
    options: {
      twelvelabs: {
        index_id: ids.index,
        incremental_import: false,
        retry_failed: true,
        user_metadata: { category: 'recentlyAdded', batchNumber: 5 },
      },
    },
  },
  samples: {
    ...shared,
    notReady: { json: { data: [ended, log] } },
    started: startedImport,
    pending: {
      validating: { json: { ...listed('validating'), ...b, not_imported: ['d.mp4'], ready: null } },
      pending: { json: { ...listed('pending'), ...b } },
      queued: { json: { ...listed('ready'), ...b } },
      indexing: { json: { ...listed('indexing'), ready: listed('ready', 'b.mp4', 'video-2').ready ?? [] } },
    },
    completed: [
      { json: { ...bothReady, not_imported: ['d.mp4'], failed: null } },
      { json: { ...listed('ready'), failed: [failedFile('b.mp4', 'no video stream')], validating: null } },
    ],
    failed: [{ json: { failed: [failedFile('a.mp4', 'broken'), failedFile('b.mp4', 'too short')] } }],
    unknownWord: { word: 'transcoding', answer: { json: { ...listed('transcoding'), ...b } } },
    recovered: {
      started: [{ json: { data: [log] } }, { json: { ...listed('validating'), ...b } }],
      nothing: [{ json: { data: [] } }],
    },
  },
};
