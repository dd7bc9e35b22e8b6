import * as z from 'zod';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { presignPut } from '../uploads/presign.js';
import { ok, pageOf, refusal, rfcTime, sessionBody } from './answers.js';
import type { Call, Endpoint } from './exchange.js';
import { objectId } from './ids.js';
import { invalid, metadataSchema } from './metadata.js';
import { reportChunks } from './report-chunks.js';
import type { EmulatedSession } from './things.js';
import { signingTime, type TwelvelabsState } from './twelvelabs-state.js';

const createSchema = z.object({
  filename: z.string().min(1),
  type: z.enum(['video', 'audio', 'image']),
  total_size: z.int().min(1),
  enable_hls: z.boolean().nullish(),
  enable_thumbnail: z.boolean().nullish(),
  user_metadata: metadataSchema,
});

const MOST_URLS = 50;
const urlsSchema = z.object({ start: z.int().min(1), count: z.int().min(1).max(MOST_URLS) });

const BASE = '/assets/multipart-uploads';
/** Goes with every PUT, as the provider's own metadata of an upload would. */
const UPLOAD_HEADERS = { 'content-type': 'application/octet-stream' };

/** Upload sessions, from their beginning to their end. */
export function sessionEndpoints(state: TwelvelabsState): Endpoint[] {
  const known =
    (answer: (session: EmulatedSession, call: Call) => JsonAnswer | Promise<JsonAnswer>) => (call: Call) => {
      const session = state.sessions.get(call.id);
      if (!session) return refusal(404, 'resource_not_exists', `Upload with id ${call.id} does not exist`);
      if (session.state === 'active' && state.rooms.clock.now() >= session.expiresAt) session.state = 'expired';
      return answer(session, call);
    };
  const active = (answer: (session: EmulatedSession, call: Call) => JsonAnswer | Promise<JsonAnswer>) =>
    known((session, call) =>
      session.state === 'expired'
        ? refusal(404, 'upload_session_expired', 'The upload session expired')
        : answer(session, call),
    );
  return [
    { method: 'POST', path: BASE, point: 'upload-session', answer: (call) => create(state, call) },
    { method: 'GET', path: BASE, point: 'upload-list', answer: ({ query }) => list(state, query) },
    {
      method: 'GET',
      path: `${BASE}/:id`,
      point: 'upload-list',
      answer: known((session, { query }) => ok(sessionBody(session, query))),
    },
    {
      method: 'POST',
      path: `${BASE}/:id`,
      point: 'upload-report',
      answer: active((session, { body }) => reportChunks(state, session, body)),
    },
    {
      method: 'POST',
      path: `${BASE}/:id/presigned-urls`,
      point: 'upload-urls',
      answer: active((session, { body }) => moreUrls(state, session, body)),
    },
  ];
}

async function create(state: TwelvelabsState, { body }: Call): Promise<JsonAnswer> {
  const read = createSchema.safeParse(body);
  if (!read.success) return invalid(read.error);
  const { settings, rooms, bucket } = state;
  const { filename, total_size: totalSize, user_metadata } = read.data;
  if (totalSize > settings.uploadMaxBytes) {
    return refusal(400, 'file_too_large', `The file is too large: at most ${settings.uploadMaxBytes} bytes`);
  }
  const assetId = objectId();
  const key = `assets/${assetId}`;
  const place = { bucket: bucket.store.bucket, key };
  const now = rooms.clock.now();
  const session: EmulatedSession = {
    id: objectId(),
    assetId,
    key,
    uploadId: await bucket.client.createMultipartUpload(place, 'application/octet-stream'),
    filename,
    totalSize,
    chunkSize: settings.chunkBytes,
    totalChunks: Math.ceil(totalSize / settings.chunkBytes),
    createdAt: now,
    expiresAt: now + settings.sessionLifetimeHours * 3_600_000,
    state: 'active',
    reported: [],
    reports: [],
    signed: {},
    tries: [],
    parts: [],
    metadata: user_metadata ?? {},
  };
  state.sessions.set(session.id, session);
  return ok(
    {
      upload_id: session.id,
      asset_id: assetId,
      upload_urls: await signChunks(state, session, { start: 1, count: settings.firstUrls }),
      upload_headers: UPLOAD_HEADERS,
      chunk_size: session.chunkSize,
      total_chunks: session.totalChunks,
      expires_at: rfcTime(session.expiresAt),
    },
    201,
  );
}

async function moreUrls(state: TwelvelabsState, session: EmulatedSession, body: unknown): Promise<JsonAnswer> {
  const read = urlsSchema.safeParse(body);
  if (!read.success) return invalid(read.error);
  if (read.data.start > session.totalChunks) {
    return refusal(400, 'parameter_invalid', `There are only ${session.totalChunks} chunks`);
  }
  const upload_urls = await signChunks(state, session, read.data);
  return ok({
    upload_id: session.id,
    start_index: read.data.start,
    count: upload_urls.length,
    upload_urls,
    generated_at: rfcTime(state.rooms.clock.now()),
    expires_at: upload_urls[0]?.expires_at,
  });
}

async function signChunks(
  state: TwelvelabsState,
  session: EmulatedSession,
  { start, count }: { start: number; count: number },
) {
  const { bucket, settings } = state;
  const now = signingTime(state);
  const seconds = settings.urlLifetimeMinutes * 60;
  const last = Math.min(session.totalChunks, start + count - 1);
  const numbers = Array.from({ length: last - start + 1 }, (_, index) => start + index);
  return Promise.all(
    numbers.map(async (number) => {
      session.signed[number] = (session.signed[number] ?? 0) + 1;
      const query = { partNumber: String(number), uploadId: session.uploadId };
      const url = await presignPut({ ...bucket, now, seconds }, session.key, query);
      return { chunk_index: number, url, expires_at: rfcTime(now + seconds * 1000) };
    }),
  );
}

/** Sessions that are not completed. */
function list({ sessions }: TwelvelabsState, query: Record<string, string>): JsonAnswer {
  const incomplete = [...sessions.values()].filter(({ state }) => state !== 'completed');
  const { items, page_info } = pageOf(incomplete, query);
  const data = items.map((one) => ({
    upload_id: one.id,
    status: one.state,
    total_size: one.totalSize,
    chunk_size: one.chunkSize,
    total_chunks: one.totalChunks,
    created_at: rfcTime(one.createdAt),
    expires_at: rfcTime(one.expiresAt),
  }));
  return ok({ data, page_info });
}
