import { type JobState, type JsonValue, type ProviderSnapshot, SluiceError } from '@sluice/core/adapter';
import type { FireworkVideo, ImportState } from './wire-shapes.js';

/** How a job stands whose video is there. Firework has no word for it but its status 201. */
export function videoSnapshot({ id, caption }: FireworkVideo, raw: JsonValue): ProviderSnapshot {
  const asset = { id, ...(caption != null && { title: caption }), raw };
  return { state: 'completed', rawState: 'created', items: [{ ok: true, ref: id, asset }] };
}

/** Videos page, 6.8.2, "Import Status Values". */
const states = new Map<string, JobState>([
  ['running', 'running'],
  ['completed', 'completed'],
  ['errored', 'failed'],
]);

/** How an import stands. A `video_id` while it is running is no sign of success: transcoding may still fail. */
export function importSnapshot(answer: ImportState, raw: JsonValue): ProviderSnapshot {
  const { status: rawState, video_id: video } = answer;
  const state = states.get(rawState);
  if (state === undefined) return { state: 'running', rawState, unmapped: true };
  if (state === 'failed') return failure(answer);
  if (state !== 'completed') return { state, rawState };
  if (video != null) return { state, rawState, items: [{ ok: true, ref: video, asset: { id: video, raw } }] };
  throw new SluiceError({ code: 'protocol', message: 'Firework says "completed" and names no video_id' });
}

function failure({ id, status, video_id: video }: ImportState): ProviderSnapshot {
  const left = video == null ? '' : `; a video ${video} was made of it before it failed and may still be there`;
  const message =
    'the import errored, and Firework gives no reason: the download, the format, the duration (3 s to 1 h) or the transcoding' +
    left;
  return { state: 'failed', rawState: status, message, items: [{ ok: false, ref: id, message }] };
}
