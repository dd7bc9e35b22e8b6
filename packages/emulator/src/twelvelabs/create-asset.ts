import { basename } from 'node:path';
import * as z from 'zod';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { safeUrl } from '../log/redact.js';
import { decodeURIComponentSafely, openSource, strikeDownload } from '../media/source.js';
import type { DigestedObject } from '../object-store/kept-object.js';
import { bodyOf } from '../object-store/s3-request.js';
import { MalformedForm, readField, readForm } from '../server/multipart-form.js';
import { assetBody, ok, refusal } from './answers.js';
import type { Call } from './exchange.js';
import { objectId } from './ids.js';
import { invalid, metadataSchema } from './metadata.js';
import { ASSETS, contentOf, processAsset } from './process-asset.js';
import type { EmulatedAsset } from './things.js';
import { runTask, type TwelvelabsState } from './twelvelabs-state.js';

const LONGEST_FIELD_BYTES = 256 * 1024;

const flag = z.enum(['true', 'false']).optional();

const fieldsSchema = z.object({
  method: z.enum(['url', 'direct']),
  url: z.url({ protocol: /^https?$/ }).optional(),
  filename: z.string().min(1).optional(),
  enable_hls: flag,
  enable_thumbnail: flag,
  user_metadata: z
    .string()
    .transform((text, context) => {
      try {
        return metadataSchema.parse(JSON.parse(text));
      } catch {
        context.addIssue('must be JSON of texts, numbers and booleans under keys that are not predefined');
        return z.NEVER;
      }
    })
    .optional(),
});

type Fields = z.output<typeof fieldsSchema>;

/** A file that came with the form. */
interface ReceivedFile {
  kept: DigestedObject;
  filename: string;
}

class TooLarge extends Error {}

/** POST /assets: a URL that is fetched, or the file in the request itself. */
export async function createAsset(state: TwelvelabsState, call: Call): Promise<JsonAnswer> {
  if (call.form === undefined) return refusal(400, 'parameter_invalid', 'The body must be multipart/form-data');
  const received: { file?: ReceivedFile } = {};
  try {
    const answer = await readAndCreate(state, { call, form: call.form, received });
    if (answer.status >= 400) await discard(state, received.file);
    return answer;
  } catch (error) {
    await discard(state, received.file);
    if (error instanceof TooLarge) return refusal(400, 'file_too_large', error.message);
    if (error instanceof MalformedForm) return refusal(400, 'parameter_invalid', error.message);
    // The client hung up in the middle: nobody reads the answer.
    if (call.form.incoming.destroyed) return refusal(400, 'parameter_invalid', 'The body was cut short');
    throw error;
  }
}

async function readAndCreate(
  state: TwelvelabsState,
  { call, form, received }: { call: Call; form: NonNullable<Call['form']>; received: { file?: ReceivedFile } },
): Promise<JsonAnswer> {
  const texts: Record<string, string> = {};
  for await (const part of readForm(bodyOf(form.incoming), form.boundary)) {
    if (part.filename === undefined) texts[part.name] = await readField(part, LONGEST_FIELD_BYTES);
    else {
      const { bytes, contentType = 'application/octet-stream', filename } = part;
      const within = upTo(bytes, state.settings.directMaxBytes);
      const kept = await state.rooms.objects.put({ bucket: ASSETS, key: objectId(), bytes: within, contentType });
      received.file = { kept, filename };
    }
  }
  call.body = texts.url === undefined ? texts : { ...texts, url: safeUrl(texts.url) };
  const read = fieldsSchema.safeParse(texts);
  if (!read.success) return invalid(read.error);
  return read.data.method === 'url' ? fromUrl(state, read.data) : fromFile(state, read.data, received.file);
}

function fromUrl(state: TwelvelabsState, fields: Fields): JsonAnswer {
  const { url } = fields;
  if (url === undefined) return refusal(400, 'parameter_invalid', 'The url parameter is required');
  const name = decodeURIComponentSafely(basename(new URL(url).pathname)) || 'asset';
  const asset = register(state, fields, { method: 'url', filename: fields.filename ?? name, url: safeUrl(url) });
  runTask(state, () => processAsset(state, asset, async () => contentOf(state, await download(state, url))));
  return ok(assetBody(asset), 201);
}

function fromFile(state: TwelvelabsState, fields: Fields, file: ReceivedFile | undefined): JsonAnswer {
  if (file === undefined) return refusal(400, 'parameter_invalid', 'The file parameter is required');
  const { kept, filename } = file;
  const asset = register(state, fields, { method: 'direct', filename: fields.filename ?? filename });
  asset.contentType = kept.contentType;
  runTask(state, () => processAsset(state, asset, () => contentOf(state, kept)));
  return ok(assetBody(asset), 201);
}

function register(
  state: TwelvelabsState,
  { enable_hls, enable_thumbnail, user_metadata }: Fields,
  known: Pick<EmulatedAsset, 'method' | 'filename' | 'url'>,
): EmulatedAsset {
  return addAsset(state, {
    ...known,
    id: objectId(),
    contentType: 'video/mp4',
    metadata: user_metadata ?? {},
    hls: enable_hls === 'true',
    thumbnail: enable_thumbnail === 'true',
  });
}

/** An asset that is in processing from now on. */
export function addAsset(state: TwelvelabsState, known: Omit<EmulatedAsset, 'status' | 'createdAt'>): EmulatedAsset {
  const asset: EmulatedAsset = { ...known, status: 'processing', createdAt: state.rooms.clock.now() };
  state.assets.set(asset.id, asset);
  state.ledger.count('assetsCreated');
  return asset;
}

async function download(state: TwelvelabsState, url: string): Promise<DigestedObject> {
  const { closing, log, objects } = state.rooms;
  const entry = { provider: 'twelvelabs', method: 'GET', path: safeUrl(url) } as const;
  try {
    await strikeDownload(state.rooms, url);
    const answer = await openSource(state.rooms, url);
    const contentType = answer.headers['content-type'] ?? 'application/octet-stream';
    const bytes = upTo(answer, state.settings.urlMaxBytes);
    const kept = await objects.put({ bucket: ASSETS, key: objectId(), bytes, contentType });
    log.add({ ...entry, status: 200, note: `downloaded ${kept.size} bytes` });
    return kept;
  } catch (error) {
    closing.throwIfAborted();
    const reason = error instanceof Error && error.message !== '' ? error.message : 'no answer';
    log.add({ ...entry, status: null, note: `download failed: ${reason}` });
    throw new Error(`the file could not be accessed: ${reason}`);
  }
}

async function* upTo(bytes: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > most) throw new TooLarge(`The file is too large: at most ${most} bytes`);
    yield piece;
  }
}

async function discard({ rooms }: TwelvelabsState, file: ReceivedFile | undefined): Promise<void> {
  if (file) await rooms.objects.delete(ASSETS, file.kept.key);
}
