import {
  type AdapterContext,
  type AdapterRequest,
  type AdapterUpload,
  type ArrivedPart,
  type FormUpload,
  type JsonValue,
  type ListedPart,
  type PartsUpload,
  type SignedPart,
  SluiceError,
  type UploadWay,
} from '@sluice/core/adapter';
import { assetFields, startedAsset } from './assets.js';
import { mediaFileOf } from './media-file.js';
import type { ParsedOptions } from './options.js';
import { readSession, type Session } from './references.js';
import type { ParsedSettings } from './settings.js';
import { userMetadataOf } from './user-metadata.js';
import {
  readMoreUrls,
  readSessionAnswer,
  readSessionState,
  type SessionState,
  type SignedChunk,
} from './wire-shapes.js';

type Request = AdapterRequest<ParsedOptions>;

/** "You can request a maximum of 50 URLs in a single API call"; a page of a list holds as many. */
const mostAtOnce = 50;

/** How TwelveLabs takes bytes: a small file in one form that makes the asset, a larger one in chunks of the size that it names. */
export function waysOf({ directMaxBytes, uploadMaxBytes }: ParsedSettings): UploadWay[] {
  const direct: UploadWay = { name: 'direct', shape: 'form', minBytes: 1, maxBytes: directMaxBytes };
  const chunks: UploadWay = { name: 'chunks', shape: 'parts', minBytes: directMaxBytes + 1, maxBytes: uploadMaxBytes };
  return directMaxBytes < uploadMaxBytes ? [direct, chunks] : [direct];
}

/** How bytes get to TwelveLabs. It signs chunks again, lists those that were reported, and ends the upload itself once all are. */
export function uploadOf(settings: ParsedSettings): AdapterUpload<ParsedOptions> {
  return {
    ways: waysOf(settings),
    begin: (request, { size, way }, context) =>
      way === 'direct' ? Promise.resolve(directForm(request, settings)) : beginChunks(request, size, context),
    sign: signChunks,
    list: listChunks,
    report: reportChunks,
    complete: assertCompleted,
    answered: (answer, _context, request) => startedAsset(answer, request, settings),
  };
}

function directForm(request: Request, { baseUrl }: ParsedSettings): FormUpload {
  const { filename, mimeType } = mediaFileOf(request);
  return {
    kind: 'form',
    url: `${baseUrl}/assets`,
    headers: { accept: 'application/json' },
    authorized: true,
    fields: [['method', 'direct'], ...Object.entries(assetFields(request))],
    fileField: 'file',
    filename,
    contentType: mimeType,
    answer: 'json',
    uploaded: null,
  };
}

/** A session that is never completed ends by itself after 24 hours: to ask again does no harm. */
async function beginChunks(request: Request, size: number, { http }: AdapterContext): Promise<PartsUpload> {
  const { filename, type } = mediaFileOf(request);
  const { enable_hls, enable_thumbnail } = request.options;
  const user_metadata = userMetadataOf(request);
  const json = {
    filename,
    type,
    total_size: size,
    ...(enable_hls !== undefined && { enable_hls }),
    ...(enable_thumbnail !== undefined && { enable_thumbnail }),
    ...(user_metadata !== undefined && { user_metadata }),
  };
  const path = '/assets/multipart-uploads';
  const begun = readSessionAnswer(await http.call({ method: 'POST', path, json, effect: 'repeatable' }));
  const { upload_id: upload, asset_id: asset, chunk_size: chunkSize, upload_headers: headers } = begun;
  const session: Session = { upload, chunkSize, totalSize: size };
  return {
    kind: 'parts',
    session,
    uploaded: { asset },
    partSize: chunkSize,
    first: (begun.upload_urls ?? []).map(placeOf).sort((a, b) => a.number - b.number),
    ...(headers != null && { headers }),
  };
}

function placeOf({ chunk_index: number, url, expires_at }: SignedChunk): SignedPart {
  const expiresAt = Date.parse(expires_at ?? '');
  return { number, url, ...(!Number.isNaN(expiresAt) && { expiresAt }) };
}

async function signChunks(session: JsonValue, numbers: number[], { http }: AdapterContext): Promise<SignedPart[]> {
  const start = Math.min(...numbers);
  const count = Math.min(mostAtOnce, Math.max(...numbers) - start + 1);
  const path = `${sessionPath(session)}/presigned-urls`;
  const answer = await http.call({ method: 'POST', path, json: { start, count }, effect: 'repeatable' });
  return readMoreUrls(answer).map(placeOf);
}

/** Only chunks that were reported are listed, without their ETags. */
async function listChunks(session: JsonValue, { http }: AdapterContext): Promise<ListedPart[]> {
  const { chunkSize, totalSize } = readSession(session);
  const chunks = new Map<number, ListedPart>();
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const query = { page, page_limit: mostAtOnce };
    const state = readSessionState(await http.call({ method: 'GET', path: sessionPath(session), query }));
    assertAlive(state);
    for (const { index: number, status } of state.uploaded_chunks ?? []) {
      if (status === 'pending') continue;
      const size = Math.min(chunkSize, totalSize - (number - 1) * chunkSize);
      chunks.set(number, { number, size, ...(status === 'failed' && { failed: true }) });
    }
    pages = state.page_info?.total_page ?? 1;
  }
  return [...chunks.values()];
}

async function reportChunks(session: JsonValue, parts: ArrivedPart[], { http }: AdapterContext): Promise<void> {
  const completed_chunks = parts.map(({ number, etag, size }) => ({
    chunk_index: number,
    proof: etag,
    proof_type: 'etag',
    chunk_size: size,
  }));
  await http.call({ method: 'POST', path: sessionPath(session), json: { completed_chunks }, effect: 'repeatable' });
}

/** The upload ends by itself once all chunks are reported: what is not over yet is looked at again. */
async function assertCompleted(session: JsonValue, _parts: ArrivedPart[], { http }: AdapterContext): Promise<void> {
  const state = readSessionState(
    await http.call({ method: 'GET', path: sessionPath(session), query: { page_limit: 1 } }),
  );
  assertAlive(state);
  if (state.status === 'completed') return;
  const message = `TwelveLabs has ${state.chunks_completed ?? 'some'} chunks and says "${state.status}": what is missing is sent again`;
  throw new SluiceError({ code: 'unavailable', message });
}

/** Failed and expired sessions "must be restarted with a new session". */
function assertAlive({ status }: SessionState): void {
  if (status !== 'expired' && status !== 'failed') return;
  throw new SluiceError({ code: 'not-found', message: `TwelveLabs says that the upload is "${status}"` });
}

function sessionPath(session: JsonValue): string {
  return `/assets/multipart-uploads/${encodeURIComponent(readSession(session).upload)}`;
}
