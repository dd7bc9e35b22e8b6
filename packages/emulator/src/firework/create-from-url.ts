import type { JsonAnswer } from '../faults/broken-answer.js';
import { runTask } from '../server/run-task.js';
import { importBody, refusal } from './answers.js';
import { takePlace } from './channel-window.js';
import { answerOf, type Created, createVideo } from './create-video.js';
import type { FireworkState } from './firework-state.js';
import { encodedId } from './ids.js';
import { download, endingOf, intoBucket, UnfitFile } from './staging.js';
import { checkChannel } from './upload-endpoints.js';
import type { EmulatedVideoImport } from './video.js';
import { readFromUrl, type VideoMetadata } from './video-metadata.js';

/** What is fetched, and for which video. */
interface UrlImport {
  url: string;
  metadata: VideoMetadata;
  importId?: string;
}

/** Option 2 of the page (6.3): fetched within the request, or in the background where `async` says so. */
export async function createFromUrl(state: FireworkState, body: unknown): Promise<JsonAnswer> {
  const read = readFromUrl(body, { captionMaxLength: state.settings.captionMaxLength, hasExternalMedia: false });
  if (!read.ok) return read.answer;
  const { url, async: inBackground = false, ...metadata } = read.value;
  const refused = checkChannel(state, metadata.channel_id) ?? takePlace(state, metadata.channel_id);
  if (refused) return refused;
  if (inBackground) return { status: 202, headers: {}, body: importBody(begin(state, { url, metadata })) };
  try {
    return answerOf(await fetchAndCreate(state, { url, metadata }));
  } catch (error) {
    if (error instanceof UnfitFile) return refusal(400, error.message);
    throw error;
  }
}

function begin(state: FireworkState, { url, metadata }: UrlImport): EmulatedVideoImport {
  const imported: EmulatedVideoImport = {
    id: encodedId(),
    url,
    channelId: metadata.channel_id,
    status: 'running',
    videoId: null,
    createdAt: state.rooms.clock.now(),
    completedAt: null,
    statusCalls: 0,
  };
  state.imports.set(imported.id, imported);
  runTask(state, runImport(state, imported, { url, metadata, importId: imported.id }));
  return imported;
}

/** Never rejects; stops without a word when the emulator closes. It completes when transcoding does. */
async function runImport(state: FireworkState, imported: EmulatedVideoImport, wanted: UrlImport): Promise<void> {
  try {
    const created = await fetchAndCreate(state, wanted);
    if (created.ok) imported.videoId = created.video.id;
    else fail(state, imported, created.reason);
  } catch (error) {
    if (state.rooms.closing.aborted) return;
    fail(state, imported, error instanceof Error ? error.message : 'the import failed');
  }
}

function fail(state: FireworkState, imported: EmulatedVideoImport, error: string): void {
  imported.status = 'errored';
  imported.completedAt = state.rooms.clock.now();
  imported.error = error;
  state.webhooks.send('video_import_failed', { importId: imported.id });
}

async function fetchAndCreate(state: FireworkState, { url, metadata, importId }: UrlImport): Promise<Created> {
  const kept = await download(state, url);
  const place = { channelId: metadata.channel_id, ending: endingOf(new URL(url).pathname) };
  const arrived = await intoBucket(state, kept, place);
  return createVideo(state, metadata, { ...arrived, way: 'url', ...(importId === undefined ? {} : { importId }) });
}
