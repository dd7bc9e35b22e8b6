import type { MediaInfo, Problem } from '@sluice/core/adapter';
import type { ParsedSettings } from './settings.js';
import type { VideoFile } from './video-file.js';

/** The containers that Firework takes (Videos page, 6.1). */
const containers = ['video/mp4', 'video/quicktime'];

/** Of a file whose container could be read: what Firework would find wrong with it after the upload (Videos page, 4.3 and 6.1). */
export function checkMedia(media: MediaInfo, file: VideoFile, { bounds }: ParsedSettings): Problem[] {
  return [...checkContainer(media, file), ...checkDuration(media, bounds)];
}

function checkContainer(
  { mimeType, videoCodec, width }: MediaInfo,
  { filename, mimeType: named }: VideoFile,
): Problem[] {
  if (mimeType === undefined || mimeType === named) return [];
  const field = 'source.type';
  if (containers.includes(mimeType)) {
    const message = `${filename} is ${mimeType} inside; it is announced as ${named}, after its name`;
    return [{ severity: 'warning', field, message }];
  }
  const what = videoCodec === undefined && width === undefined ? `holds no video (${mimeType})` : `is ${mimeType}`;
  const message = `must be video/mp4 or video/quicktime: Firework takes nothing else, and ${filename} ${what}, whatever its name says`;
  return [{ severity: 'error', field, message }];
}

function checkDuration({ durationSeconds }: MediaInfo, bounds: ParsedSettings['bounds']): Problem[] {
  const { minSeconds, maxSeconds } = bounds;
  if (durationSeconds === undefined || (durationSeconds >= minSeconds && durationSeconds <= maxSeconds)) return [];
  const message = `must last from ${minSeconds} to ${maxSeconds} seconds: Firework takes no other, and this lasts ${durationSeconds}`;
  return [{ severity: 'error', field: 'source.duration', message }];
}
