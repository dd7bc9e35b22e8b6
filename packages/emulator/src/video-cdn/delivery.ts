import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { decodeURIComponentSafely } from '../media/source.js';
import { sendBytes } from '../server/send-bytes.js';
import { VIDEO_CDN_BUCKET, type VideoCdnState } from './state.js';

/** Delivers a file that is ready to whoever asks: speed, buffer and protection are remembered and not enforced. */
export async function deliver(state: VideoCdnState, context: Context<{ Bindings: HttpBindings }>): Promise<Response> {
  const { incoming, outgoing } = context.env;
  const { objects, log } = state.rooms;
  const [, name = ''] = /\/delivery\/(.*)$/s.exec(context.req.path) ?? [];
  const file = state.files.get(decodeURIComponentSafely(name));
  const object = file?.objectKey === undefined ? undefined : await objects.open(VIDEO_CDN_BUCKET, file.objectKey);
  const entry = { provider: 'video-cdn', method: incoming.method ?? '', path: incoming.url ?? '' } as const;
  if (object === undefined) {
    log.add({ ...entry, status: 404, note: 'no such file' });
    return context.text('no such file\n', 404);
  }
  const { size, contentType, sha256 } = object.kept;
  const headers = { 'content-type': contentType, etag: `"${sha256}"` };
  const status = await sendBytes(incoming, outgoing, { size, headers, read: (range) => object.read(range) });
  await object.close();
  log.add({ ...entry, status, note: `delivery of ${file?.shown.id}` });
  return RESPONSE_ALREADY_SENT;
}
