import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { safeUrl } from '../log/redact.js';
import { imageSize } from '../media/image-size.js';
import { openSource } from '../media/source.js';
import { runTask } from '../server/run-task.js';
import { sendBytes } from '../server/send-bytes.js';
import type { FireworkState } from './firework-state.js';
import { STAGING } from './staging.js';
import type { EmulatedVideo } from './video.js';

/** A poster is a picture; whatever is larger is none. */
const LARGEST_POSTER_BYTES = 20 * 1024 * 1024;

/** Downloads a video's custom poster in the background, if it has one. What can't be had is no poster. */
export function fetchPoster(state: FireworkState, video: EmulatedVideo): void {
  if (video.posterUrl !== null) runTask(state, fetch(state, video, video.posterUrl));
}

async function fetch(state: FireworkState, video: EmulatedVideo, url: string): Promise<void> {
  const { log, objects } = state.rooms;
  const entry = { provider: 'firework', method: 'GET', path: safeUrl(url) } as const;
  try {
    const bytes = await read(await openSource(state.rooms, url));
    const { format, width, height } = imageSize(bytes);
    const key = `poster-${randomUUID()}.${format}`;
    const contentType = format === 'png' ? 'image/png' : 'image/jpeg';
    await objects.put({ bucket: STAGING, key, bytes: once(bytes), contentType });
    // Another one may have been named meanwhile.
    if (video.posterUrl === url) video.poster = { key, format, width, height };
    log.add({ ...entry, status: 200, note: `poster of ${video.id}` });
  } catch (error) {
    log.add({
      ...entry,
      status: null,
      note: `no poster of ${video.id}: ${error instanceof Error ? error.message : ''}`,
    });
  }
}

/** Hands out posters, as Firework's CDN does. */
export async function sendPoster(
  { rooms }: FireworkState,
  context: Context<{ Bindings: HttpBindings }>,
  key: string,
): Promise<Response> {
  const { incoming, outgoing } = context.env;
  const object = key.startsWith('poster-') ? await rooms.objects.open(STAGING, key) : undefined;
  if (!object) return context.text('not found\n', 404);
  const { size, contentType } = object.kept;
  await sendBytes(incoming, outgoing, { size, headers: { 'content-type': contentType }, read: object.read });
  await object.close();
  return RESPONSE_ALREADY_SENT;
}

async function read(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > LARGEST_POSTER_BYTES) throw new Error('the picture is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
