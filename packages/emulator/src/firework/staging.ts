import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import { safeUrl } from '../log/redact.js';
import { openSource, strikeDownload } from '../media/source.js';
import type { DigestedObject } from '../object-store/kept-object.js';
import type { ArrivedFile } from './create-video.js';
import type { FireworkState } from './firework-state.js';

/** The provider's own disk: what it received itself lies here until it is in the bucket. */
export const STAGING = 'firework';

const MIME_TYPES = ['video/mp4', 'video/quicktime'];
const EXTENSIONS = ['.mp4', '.mov'];

/** What is wrong with a file or a source, in words for the client. */
export class UnfitFile extends Error {}

/** Throws `UnfitFile` unless both the type and the file's ending are those of the page (6.1). */
export function checkFileType({ contentType, filename }: { contentType: string; filename: string }): void {
  if (MIME_TYPES.includes(typeOf(contentType)) && EXTENSIONS.includes(endingOf(filename))) return;
  throw new UnfitFile('Unsupported file type: only video/mp4 (.mp4) and video/quicktime (.mov)');
}

/** Receives bytes onto the provider's own disk. Throws `UnfitFile` as soon as they are too many. */
export async function stage(
  state: FireworkState,
  bytes: AsyncIterable<Buffer>,
  contentType: string,
): Promise<DigestedObject> {
  const within = upTo(bytes, state.settings.maximumBytes);
  return state.rooms.objects.put({ bucket: STAGING, key: randomUUID(), bytes: within, contentType });
}

/** Moves what was received into the bucket. */
export async function intoBucket(
  { rooms, bucket }: FireworkState,
  kept: DigestedObject,
  { channelId, ending }: { channelId: string; ending: string },
): Promise<Pick<ArrivedFile, 'key' | 'size' | 'sha256'>> {
  const key = `uploads/${channelId}/${randomUUID()}${ending}`;
  const { size, sha256, contentType } = kept;
  const path = rooms.objects.pathOf(STAGING, kept);
  await bucket.client.put({ bucket: bucket.store.bucket, key, path, size, contentType });
  await rooms.objects.delete(STAGING, kept.key);
  return { key, size, sha256 };
}

/** Downloads a source by the URL Validation Rules (page, 6.3). Throws `UnfitFile` with what is wrong with it. */
export async function download(state: FireworkState, url: string): Promise<DigestedObject> {
  const { closing, log } = state.rooms;
  const entry = { provider: 'firework', method: 'GET', path: safeUrl(url) } as const;
  try {
    await strikeDownload(state.rooms, url);
    const answer = await openSource(state.rooms, url);
    const { 'content-type': contentType = '', 'content-length': length } = answer.headers;
    const reason = whatIsWrong(state, { url, contentType, length });
    if (reason !== undefined) {
      answer.destroy();
      throw new Error(reason);
    }
    const kept = await stage(state, answer, contentType);
    log.add({ ...entry, status: 200, note: `downloaded ${kept.size} bytes` });
    return kept;
  } catch (error) {
    closing.throwIfAborted();
    const reason = error instanceof Error && error.message !== '' ? error.message : 'no answer';
    log.add({ ...entry, status: null, note: `download failed: ${reason}` });
    throw new UnfitFile(`url: ${reason}`);
  }
}

function whatIsWrong(
  { settings }: FireworkState,
  { url, contentType, length }: { url: string; contentType: string; length: string | undefined },
): string | undefined {
  const type = typeOf(contentType);
  const isNamed = type === 'application/octet-stream' && EXTENSIONS.includes(endingOf(new URL(url).pathname));
  if (!MIME_TYPES.includes(type) && !isNamed) return `the source answers with Content-Type ${type || '(none)'}`;
  if (length === undefined) return 'the source answers without Content-Length';
  return Number(length) > settings.maximumBytes ? 'File too large (max 5GB)' : undefined;
}

async function* upTo(bytes: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > most) throw new UnfitFile('File too large (max 5GB)');
    yield piece;
  }
}

/** A name's ending in small letters, with its dot. */
export function endingOf(name: string): string {
  return extname(name).toLowerCase();
}

function typeOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}
