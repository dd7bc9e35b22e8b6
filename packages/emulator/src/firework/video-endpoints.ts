import type { JsonAnswer } from '../faults/broken-answer.js';
import { importBody, refusal, videoBody, wholeVideoBody } from './answers.js';
import type { Call, Endpoint } from './exchange.js';
import type { FireworkState } from './firework-state.js';
import { fetchPoster } from './posters.js';
import { tagProducts } from './products.js';
import type { EmulatedVideo } from './video.js';
import { readPatch, type VideoPatch } from './video-metadata.js';

/** GET /api/v1/videos/imports/{id} (page, section 9). */
export function importStatusEndpoint({ imports }: FireworkState): Endpoint {
  const answer = ({ id }: Call): JsonAnswer => {
    const imported = imports.get(id);
    if (!imported) return refusal(404, 'Import job not found');
    imported.statusCalls += 1;
    return { status: 200, headers: {}, body: importBody(imported) };
  };
  return { method: 'GET', path: '/api/v1/videos/imports/:id', point: 'import-status', scope: 'videos:read', answer };
}

/** GET /api/v1/videos/{id} (page, section 8). */
export function videoEndpoint({ videos, rooms }: FireworkState): Endpoint {
  const answer = ({ id }: Call): JsonAnswer => {
    const video = videos.get(id);
    if (!video) return refusal(404, 'Video not found');
    return { status: 200, headers: {}, body: wholeVideoBody(video, `${rooms.url}/firework`) };
  };
  return { method: 'GET', path: '/api/v1/videos/:id', point: 'video', scope: 'videos:read', answer };
}

/** PATCH /api/v1/videos/{id} (page, section 7). */
export function updateEndpoint(state: FireworkState): Endpoint {
  const answer = ({ id, body }: Call): JsonAnswer => {
    const video = state.videos.get(id);
    if (!video) return refusal(404, 'Video not found');
    const { captionMaxLength } = state.settings;
    const read = readPatch(body, { captionMaxLength, hasExternalMedia: video.externalMedia !== null });
    if (!read.ok) return read.answer;
    apply(state, video, read.value);
    state.webhooks.send('video_updated', { video: videoBody(video), importId: video.importId });
    return { status: 200, headers: {}, body: videoBody(video) };
  };
  return { method: 'PATCH', path: '/api/v1/videos/:id', point: 'update', scope: 'videos:write', answer };
}

/** What isn't said stays as it is. */
function apply(state: FireworkState, video: EmulatedVideo, patch: VideoPatch): void {
  const said = {
    caption: patch.caption,
    description: patch.description,
    access: patch.access,
    archivedAt: patch.archived_at,
    audioDisabled: patch.audio_disabled,
    hashtags: patch.hashtags,
    customFields: patch.custom_fields,
    displaySocialAttributions: patch.display_social_attributions,
    externalMedia: patch.external_media,
    ...tagProducts(state.settings.stores, patch, video),
  };
  Object.assign(video, Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)));
  if (patch.poster_url === undefined) return;
  video.posterUrl = patch.poster_url || null;
  delete video.poster;
  fetchPoster(state, video);
}
