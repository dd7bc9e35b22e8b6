import type { JsonAnswer } from '../faults/broken-answer.js';
import { refusal } from './answers.js';
import { takePlace } from './channel-window.js';
import { createFromFile } from './create-from-file.js';
import { createFromUrl } from './create-from-url.js';
import { answerOf, createVideo } from './create-video.js';
import type { Call, Endpoint } from './exchange.js';
import type { FireworkState } from './firework-state.js';
import { checkChannel } from './upload-endpoints.js';
import { readFromKey } from './video-metadata.js';

/** POST /api/v1/videos (page, section 6): from a file in the request, from a URL, or from a key in the bucket. */
export function createEndpoint(state: FireworkState): Endpoint {
  const answer = (call: Call) => {
    if (call.form) return createFromFile(state, call, call.form);
    const fromUrl = typeof call.body === 'object' && call.body !== null && 'url' in call.body;
    return fromUrl ? createFromUrl(state, call.body) : createFromKey(state, call.body);
  };
  return { method: 'POST', path: '/api/v1/videos', point: 'create', scope: 'videos:write', answer };
}

async function createFromKey(state: FireworkState, body: unknown): Promise<JsonAnswer> {
  const read = readFromKey(body, { captionMaxLength: state.settings.captionMaxLength, hasExternalMedia: false });
  if (!read.ok) return read.answer;
  const { s3_key: key, ...metadata } = read.value;
  const refused = checkChannel(state, metadata.channel_id);
  if (refused) return refused;
  const { store, client } = state.bucket;
  const size = state.uploads.has(key) ? await client.size({ bucket: store.bucket, key }) : undefined;
  if (size === undefined) return refusal(400, 'Invalid s3_key: no such file was uploaded');
  return (
    takePlace(state, metadata.channel_id) ?? answerOf(await createVideo(state, metadata, { key, size, way: 's3_key' }))
  );
}
