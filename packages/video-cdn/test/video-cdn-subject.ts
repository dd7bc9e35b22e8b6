import type { AdapterSubject, SampleDelivery } from '@sluice/core/testing';
import { videoCdn } from '../src/index.js';
import { fileOf, settings, sha256, size, source } from './samples.js';

/** A callback as the Video CDN makes it: a GET with everything in the query. */
function callback(query: Record<string, string>, toJob = true): SampleDelivery {
  return { method: 'GET', query, toJob, body: '' };
}

const succeeded = { status: 'success', size: String(size), 'sha-256': sha256 };
const failed = { status: 'fail', message: 'size mismatch: expected 74406, got 74405' };
const request = { source, expect: { size, sha256 } };

export const videoCdnSubject: AdapterSubject = {
  adapter: videoCdn.adapter,
  settings,
  request: {
    ...request,
    options: {
      'video-cdn': { fetch_prio: 10, no_replace: true, protection: 'hotlink', speed: '130%', buffer: 2_000_000 },
    },
  },
  honoured: { name: request, priority: request, ifExists: request },
  samples: {
    before: { json: [] },
    started: { json: { id: 4711, status: 'queued' } },
    pending: {
      queued: { json: [fileOf({ status: 'queued' })] },
      fetching: { json: { files: [fileOf({ status: 'fetching' })] } },
    },
    completed: [
      { json: [fileOf()] },
      { json: { data: [{ id: '4711', status: 'active', size: String(size) }] } },
      { json: { files: [fileOf({ id: 4712, full_name: 'videos/clip.mp4.old' }), fileOf({ status: 'done' })] } },
    ],
    failed: [
      { json: [fileOf({ status: 'failed' })] },
      { json: [fileOf({ status: 'failed', size: 74_405, message: 'size mismatch' })] },
      { json: [fileOf({ status: 'failed', message: 'could not connect to media.example' })] },
    ],
    unknownWord: { word: 'thawing', answer: { json: [fileOf({ status: 'thawing' })] } },
    unauthorized: { status: 401, json: { error: 'wrong login or password' } },
    rateLimited: [{ status: 429, headers: { 'retry-after': '1' }, json: { error: 'too many requests' } }],
    recovered: { started: [{ json: [fileOf({ status: 'queued' })] }], nothing: [{ json: [] }] },
    webhook: {
      genuine: [callback(succeeded), callback(failed), callback({ status: 'success' })],
      forged: [callback(succeeded, false), callback(failed, false)],
    },
  },
};
