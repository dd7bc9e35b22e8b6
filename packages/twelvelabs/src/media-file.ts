import type { AdapterRequest } from '@sluice/core/adapter';

/** By the ending of the name; TwelveLabs takes what FFmpeg reads, and these are the usual ones. */
const mimeTypes = new Map([
  ['.mp4', 'video/mp4'],
  ['.m4v', 'video/mp4'],
  ['.mov', 'video/quicktime'],
  ['.mkv', 'video/x-matroska'],
  ['.webm', 'video/webm'],
  ['.avi', 'video/x-msvideo'],
  ['.mpeg', 'video/mpeg'],
  ['.mpg', 'video/mpeg'],
  ['.ts', 'video/mp2t'],
  ['.mp3', 'audio/mpeg'],
  ['.m4a', 'audio/mp4'],
  ['.aac', 'audio/aac'],
  ['.wav', 'audio/wav'],
  ['.flac', 'audio/flac'],
  ['.ogg', 'audio/ogg'],
]);

/** A file as TwelveLabs wants to hear of it. */
export interface MediaFile {
  filename: string;
  mimeType: string;
  type: 'video' | 'audio';
}

/** The name, and the type that it tells. A given name without an ending takes that of the source. */
export function mediaFileOf({ source, name, nameGiven }: AdapterRequest): MediaFile {
  const own = lastSegment(sourceName(source) ?? name);
  const given = nameGiven ? lastSegment(name) : own;
  const filename = endingOf(given) === '' ? `${given}${endingOf(own)}` : given;
  const mimeType = mimeTypes.get(endingOf(filename).toLowerCase()) ?? 'application/octet-stream';
  return { filename, mimeType, type: mimeType.startsWith('audio/') ? 'audio' : 'video' };
}

function sourceName(source: AdapterRequest['source']): string | undefined {
  if (source.kind === 'file') return source.path;
  if (source.kind === 'bytes') return source.name;
  return source.kind === 'url' ? new URL(source.url).pathname : undefined;
}

function lastSegment(path: string): string {
  return path.split(/[\\/]/).findLast((segment) => segment !== '') ?? 'media';
}

function endingOf(name: string): string {
  return /\.[a-z0-9]{1,8}$/i.exec(name)?.[0] ?? '';
}
