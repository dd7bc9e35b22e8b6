import type { JsonAnswer } from '../faults/broken-answer.js';
import { SlidingWindow } from '../server/sliding-window.js';
import { rateRefusal, refusal, videoBody } from './answers.js';
import { type Created, createVideo } from './create-video.js';
import type { Call, Endpoint } from './exchange.js';
import type { FireworkState } from './firework-state.js';
import { checkChannel } from './upload-endpoints.js';
import { readFromKey } from './video-metadata.js';

/** POST /api/v1/videos (page, section 6). */
export function createEndpoint(state: FireworkState): Endpoint {
  const answer = (call: Call) => createFromKey(state, call.body);
  return { method: 'POST', path: '/api/v1/videos', point: 'create', scope: 'videos:write', answer };
}

async function createFromKey(state: FireworkState, body: unknown): Promise<JsonAnswer> {
  const { captionMaxLength, minimumBytes, maximumBytes } = state.settings;
  const read = readFromKey(body, { captionMaxLength, hasExternalMedia: false });
  if (!read.ok) return read.answer;
  const { s3_key: key, ...metadata } = read.value;
  const refused = checkChannel(state, metadata.channel_id);
  if (refused) return refused;
  const { store, client } = state.bucket;
  const size = state.uploads.has(key) ? await client.size({ bucket: store.bucket, key }) : undefined;
  if (size === undefined) return refusal(400, 'Invalid s3_key: no such file was uploaded');
  if (size < minimumBytes || size > maximumBytes) return refusal(400, 'File size out of range');
  const limited = takePlace(state, metadata.channel_id);
  if (limited) return limited;
  return answerOf(await createVideo(state, metadata, { key, size, way: 's3_key' }));
}

/** Takes a place in the channel's window, or answers with the 429. */
export function takePlace(state: FireworkState, channelId: string): JsonAnswer | undefined {
  const { max, windowMs } = state.settings.limits.videos;
  const { clock } = state.rooms;
  const window = state.windows.get(channelId) ?? new SlidingWindow(windowMs);
  state.windows.set(channelId, window);
  const now = clock.now();
  if (window.count(now) < max) {
    window.add(now);
    return undefined;
  }
  state.ledger.count('refused429');
  const seconds = Math.max(1, Math.ceil(clock.realMs(window.resetAt(now) - now) / 1000));
  return rateRefusal(state.settings.retryAfter ? seconds : undefined);
}

function answerOf(created: Created): JsonAnswer {
  return created.ok ? { status: 201, headers: {}, body: videoBody(created.video) } : created.answer;
}
