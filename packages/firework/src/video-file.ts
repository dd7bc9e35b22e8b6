import type { AdapterRequest } from '@sluice/core/adapter';

/** Videos page, 6.1. */
const mimeTypes = new Map([
  ['.mp4', 'video/mp4'],
  ['.mov', 'video/quicktime'],
]);

/** A file as Firework wants to hear of it. */
export interface VideoFile {
  filename: string;
  mimeType: string;
}

/** The name and the type of a request's bytes; the rule that they break otherwise. */
export function videoFileOf(request: AdapterRequest): VideoFile | { rule: string } {
  const filename = namesOf(request).find((name) => extensionOf(name) !== undefined);
  const mimeType = filename === undefined ? undefined : mimeTypes.get(extensionOf(filename) ?? '');
  if (filename !== undefined && mimeType !== undefined) return { filename, mimeType };
  const rule = 'must end in .mp4 or .mov: Firework takes video/mp4 and video/quicktime';
  return { rule: filename === undefined ? rule : `${rule}, and this is ${filename}` };
}

/** What the source is called, and the request's name for where the source has none that tells a type. */
function namesOf({ source, name }: AdapterRequest): string[] {
  const own = source.kind === 'file' ? source.path : source.kind === 'bytes' ? source.name : undefined;
  return own === undefined ? [lastSegment(name)] : [lastSegment(own), lastSegment(name)];
}

/** The last name in a path. */
export function lastSegment(path: string): string {
  return path.split(/[\\/]/).findLast((segment) => segment !== '') ?? '';
}

function extensionOf(name: string): string | undefined {
  return /\.[a-z0-9]+$/i.exec(name)?.[0].toLowerCase();
}
