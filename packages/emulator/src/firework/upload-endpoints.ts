import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import * as z from 'zod';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { refusal } from './answers.js';
import type { Call, Endpoint } from './exchange.js';
import { type FireworkState, signingTime } from './firework-state.js';
import { signForm, signParts } from './signatures.js';
import type { EmulatedUpload } from './upload-session.js';

const MIME_TYPES = ['video/mp4', 'video/quicktime'];
const MOST_PARTS = 100;

const fileSchema = z.object({ filename: z.string().min(1), mime_type: z.string(), channel_id: z.string() });
const partsSchema = fileSchema.extend({ parts_count: z.int().min(1).max(MOST_PARTS) });
const completeSchema = z.object({
  key: z.string().min(1),
  upload_id: z.string().min(1),
  parts: z
    .array(z.object({ part: z.int().min(1).max(MOST_PARTS), etag: z.string().min(1) }))
    .min(1)
    .max(MOST_PARTS)
    .refine((parts) => new Set(parts.map(({ part }) => part)).size === parts.length, 'duplicate part numbers'),
});

/** POST /api/v1/upload_signatures (page, section 4). */
export function signatureEndpoint(state: FireworkState): Endpoint {
  const answer = (call: Call): JsonAnswer => {
    const read = fileSchema.safeParse(call.body);
    if (!read.success) return invalid(read.error);
    const refused = checkFile(state, read.data);
    if (refused) return refused;
    const upload = register(state, 'form', read.data);
    return { status: 201, headers: {}, body: signForm(state, upload) };
  };
  return { method: 'POST', path: '/api/v1/upload_signatures', point: 'signature', scope: 'videos:write', answer };
}

/** POST /api/v1/upload_multipart/signatures (page, 5.1). */
export function multipartSignaturesEndpoint(state: FireworkState): Endpoint {
  const answer = async (call: Call): Promise<JsonAnswer> => {
    const read = partsSchema.safeParse(call.body);
    if (!read.success) return invalid(read.error);
    const refused = checkFile(state, read.data);
    if (refused) return refused;
    const { store, client } = state.bucket;
    const upload = register(state, 'parts', read.data);
    const uploadId = await client.createMultipartUpload({ bucket: store.bucket, key: upload.key }, upload.mimeType);
    Object.assign(upload, { uploadId, partsCount: read.data.parts_count });
    return {
      status: 201,
      headers: {},
      body: { key: upload.key, upload_id: uploadId, parts: await signParts(state, upload) },
    };
  };
  const path = '/api/v1/upload_multipart/signatures';
  return { method: 'POST', path, point: 'multipart-signatures', scope: 'videos:write', answer };
}

/** POST /api/v1/upload_multipart/complete (page, 5.3). */
export function completeEndpoint(state: FireworkState): Endpoint {
  const path = '/api/v1/upload_multipart/complete';
  const answer = (call: Call) => complete(state, call.body);
  return { method: 'POST', path, point: 'complete', scope: 'videos:write', answer };
}

async function complete(state: FireworkState, body: unknown): Promise<JsonAnswer> {
  const read = completeSchema.safeParse(body);
  if (!read.success) return invalid(read.error);
  const { key, upload_id: uploadId, parts } = read.data;
  const upload = state.uploads.get(key);
  if (upload?.uploadId !== uploadId) return refusal(400, 'Invalid key or upload_id');
  upload.completes += 1;
  if (parts.some(({ part }) => part > (upload.partsCount ?? 0))) return refusal(400, 'Invalid part numbers');
  const done: JsonAnswer = { status: 204, headers: {}, body: undefined };
  if (upload.state === 'completed' && state.settings.repeatedComplete === 'accept') return done;
  const { store, client } = state.bucket;
  const place = { bucket: store.bucket, key };
  try {
    await client.completeMultipartUpload(place, { uploadId, parts });
  } catch (error) {
    state.rooms.closing.throwIfAborted();
    return failed(state, error);
  }
  const size = (await client.size(place)) ?? 0;
  const { minimumBytes, maximumBytes } = state.settings;
  upload.state = size < minimumBytes || size > maximumBytes ? 'failed' : 'completed';
  if (upload.state === 'completed') return done;
  await client.delete(place);
  return size < minimumBytes ? refusal(400, 'File too small (min 25KB)') : refusal(413, 'File too large (max 5GB)');
}

/** AWS's refusals are the client's doing; everything else is "a transient server issue". */
function failed({ rooms }: FireworkState, error: unknown): JsonAnswer {
  const name = error instanceof Error ? error.name : 'unknown error';
  const status = error instanceof Error && '$metadata' in error ? statusOf(error.$metadata) : 0;
  rooms.log.add({ provider: 'firework', method: 'POST', path: 'the object store', status: status || null, note: name });
  return status >= 400 && status < 500
    ? refusal(400, 'Multipart upload failed')
    : refusal(500, 'Internal Server Error');
}

function statusOf(metadata: unknown): number {
  return z.object({ httpStatusCode: z.number() }).safeParse(metadata).data?.httpStatusCode ?? 0;
}

function checkFile(state: FireworkState, file: z.infer<typeof fileSchema>): JsonAnswer | undefined {
  if (!MIME_TYPES.includes(file.mime_type)) {
    return refusal(400, 'Invalid mime_type - only video/mp4 and video/quicktime allowed');
  }
  return checkChannel(state, file.channel_id);
}

/** 404 for a channel that isn't there, 403 for one of somebody else's. */
export function checkChannel({ settings }: FireworkState, channelId: string): JsonAnswer | undefined {
  if (settings.channels.includes(channelId)) return undefined;
  return settings.foreignChannels.includes(channelId)
    ? refusal(403, 'Insufficient permissions to upload to the specified channel')
    : refusal(404, 'Channel not found');
}

function register(state: FireworkState, way: 'form' | 'parts', file: z.infer<typeof fileSchema>): EmulatedUpload {
  const { filename, mime_type: mimeType, channel_id: channelId } = file;
  const ending = /^\.\w{1,8}$/.exec(extname(filename))?.[0] ?? '';
  const now = signingTime(state);
  const upload: EmulatedUpload = {
    way,
    key: `uploads/${channelId}/${randomUUID()}${ending}`,
    channelId,
    filename,
    mimeType,
    createdAt: state.rooms.clock.now(),
    expiresAt: now + state.settings.signatureLifetimeMinutes * 60_000,
    state: 'open',
    parts: [],
    tries: [],
    completes: 0,
  };
  state.uploads.set(upload.key, upload);
  return upload;
}

function invalid({ issues: [issue] }: z.ZodError): JsonAnswer {
  const name = issue?.path.join('.') ?? '';
  if (name === 'parts_count') return refusal(400, `Invalid parts_count - must be between 1 and ${MOST_PARTS}`);
  return refusal(400, name === '' ? 'The body must be an object' : `Invalid ${name}: ${issue?.message}`);
}
