import {
  type AdapterContext,
  type AdapterRequest,
  type HttpAnswer,
  type JsonObject,
  SluiceError,
  type Started,
} from '@sluice/core/adapter';
import type { ParsedOptions } from './options.js';
import { type Reference, readUploaded } from './references.js';
import type { ParsedSettings } from './settings.js';
import { importSnapshot, videoSnapshot } from './snapshot.js';
import { fieldsOf } from './video-fields.js';
import { readImport, readRaw, readVideo } from './wire-shapes.js';

type Request = AdapterRequest<ParsedOptions>;

export const videosPath = '/api/v1/videos';

/** Has Firework make a video of a URL, or of what was uploaded before (Videos page, 6.3, options 2 and 3). */
export async function createVideo(
  request: Request,
  { http }: AdapterContext,
  settings: ParsedSettings,
): Promise<Started> {
  const json = { ...origin(request), ...fieldsOf(request, settings) };
  const inBackground = request.source.kind === 'url' && request.options.async === true;
  const patience = inBackground ? {} : { timeoutMs: settings.createTimeoutMs };
  return readCreated(await http.call({ method: 'POST', path: videosPath, json, ...patience }));
}

/** What the video is made of. Core has already refused every other kind of source. */
function origin({ source, options }: Request): JsonObject {
  if (source.kind === 'uploaded') return readUploaded(source.uploaded);
  if (source.kind === 'url') return { url: source.url, ...(options.async !== undefined && { async: options.async }) };
  throw new SluiceError({ code: 'unsupported', message: 'Firework imports http and https URLs, and takes bytes' });
}

/** 201 is a video, 202 an import that goes on (Videos page, 6.8). */
export function readCreated(answer: HttpAnswer): Started {
  if (answer.status === 202) {
    const state = readImport(answer);
    const ref: Reference = { import: state.id };
    return { ref, snapshot: importSnapshot(state, readRaw(answer)) };
  }
  const video = readVideo(answer);
  const ref: Reference = { video: video.id };
  return { ref, snapshot: videoSnapshot(video, readRaw(answer)) };
}
