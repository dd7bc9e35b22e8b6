import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { sendBytes } from '../server/send-bytes.js';
import { IMPORTLY_BUCKET } from './fetch-source.js';
import type { ImportlyState } from './importly-state.js';

/** Hands out what was imported, to whoever has its mediaUrl, until the retention time is over (Importly: 7 days). */
export async function sendMedia(
  state: ImportlyState,
  context: Context<{ Bindings: HttpBindings }>,
  id: string,
): Promise<Response> {
  const { incoming, outgoing } = context.env;
  const job = state.imports.get(id);
  const { clock, objects, log } = state.rooms;
  const kept = job?.completedAt !== null && job?.objectKey !== undefined;
  const gone = kept && clock.now() >= (job.completedAt ?? 0) + state.settings.retentionMs;
  const object = kept && !gone ? await objects.open(IMPORTLY_BUCKET, job.objectKey ?? '') : undefined;
  const entry = { provider: 'importly', method: incoming.method ?? '', path: incoming.url ?? '' } as const;
  if (!object) {
    log.add({ ...entry, status: 404, note: gone ? 'no longer kept' : 'no such media' });
    return context.json({ success: false, error: 'Media not found' }, 404);
  }
  const { size, contentType, sha256 } = object.kept;
  const headers = { 'content-type': contentType, etag: `"${sha256}"` };
  const status = await sendBytes(incoming, outgoing, { size, headers, read: (range) => object.read(range) });
  await object.close();
  log.add({ ...entry, status, note: `media of ${id}` });
  return RESPONSE_ALREADY_SENT;
}
