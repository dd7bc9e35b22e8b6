import {
  type AdapterContext,
  type AdapterRequest,
  type Asset,
  type HttpAnswer,
  type Intent,
  type JsonValue,
  type ProviderSnapshot,
  type Recovered,
  type ReportedItem,
  SluiceError,
  type Started,
} from '@sluice/core/adapter';
import { mediaFileOf } from './media-file.js';
import type { ParsedOptions } from './options.js';
import { type AssetFacts, type Indexing, type Reference, readAssetMemo, readUploaded } from './references.js';
import type { ParsedSettings } from './settings.js';
import { userMetadataOf } from './user-metadata.js';
import { type AssetState, readAsset, readAssets, readRaw } from './wire-shapes.js';

type Request = AdapterRequest<ParsedOptions>;

/** The key under which an asset names the job that made it: after a lost answer nothing else tells it from its like. */
const jobKey = 'sluice_job';

/** Before that, an asset whose answer was lost may still be on its way into the list, in milliseconds. */
const settlesMs = 60_000;

/** The index that a request's asset goes into; undefined where neither the request nor the settings name one. */
export function indexOf({ options }: Request, { indexId }: ParsedSettings): string | undefined {
  return options.index_id ?? indexId;
}

/** The fields of an asset, as texts of a form. */
export function assetFields(request: Request): Record<string, string> {
  const { enable_hls, enable_thumbnail } = request.options;
  return {
    filename: mediaFileOf(request).filename,
    ...(enable_hls !== undefined && { enable_hls: String(enable_hls) }),
    ...(enable_thumbnail !== undefined && { enable_thumbnail: String(enable_thumbnail) }),
    user_metadata: JSON.stringify({ ...userMetadataOf(request), [jobKey]: request.id }),
  };
}

/** Has TwelveLabs fetch a URL. */
export async function startFromUrl(
  request: Request & { source: { kind: 'url'; url: string } },
  { http }: AdapterContext,
  settings: ParsedSettings,
): Promise<Started> {
  const multipart = { method: 'url', url: request.source.url, ...assetFields(request) };
  return startedAsset(await http.call({ method: 'POST', path: '/assets', multipart }), request, settings);
}

/** An upload in chunks has made the asset itself: the start only looks at it. */
export async function startFromUploaded(
  request: Request & { source: { kind: 'uploaded'; uploaded: JsonValue } },
  { http }: AdapterContext,
  settings: ParsedSettings,
): Promise<Started> {
  const { asset } = readUploaded(request.source.uploaded);
  const answer = await http.call({ method: 'GET', path: assetPath(asset) }).catch((error: unknown) => {
    if (!SluiceError.is(error) || error.code !== 'not-found') throw error;
    // "The asset becomes available for other operations only after the upload is completed": it is, and it will.
    throw new SluiceError({ ...error.toJSON(), code: 'unavailable', retry: 'later', cause: error });
  });
  return startedAsset(answer, request, settings);
}

/** Reads the answer to the creation of an asset. */
export function startedAsset(answer: HttpAnswer, request: Request, settings: ParsedSettings): Started {
  const asset = readAsset(answer);
  const index = indexOf(request, settings);
  const { enable_video_stream } = request.options;
  const user_metadata = userMetadataOf(request);
  const indexing: Indexing | undefined =
    index === undefined
      ? undefined
      : {
          index,
          ...(enable_video_stream !== undefined && { enable_video_stream }),
          ...(user_metadata !== undefined && { user_metadata }),
        };
  const memo = indexing === undefined ? {} : { indexing };
  const ref: Reference = { asset: asset.id };
  return { ref, memo, snapshot: assetSnapshot(asset, readRaw(answer), indexing) };
}

/** How an asset stands; once it is ready, that it is to be indexed. */
export async function lookAtAsset(id: string, { http, memo }: AdapterContext): Promise<ProviderSnapshot> {
  const answer = await http.call({ method: 'GET', path: assetPath(id) });
  return assetSnapshot(readAsset(answer), readRaw(answer), readAssetMemo(memo).indexing);
}

function assetSnapshot(asset: AssetState, raw: JsonValue, indexing: Indexing | undefined): ProviderSnapshot {
  const { id, status: rawState } = asset;
  if (rawState === 'processing') return { state: 'running', rawState };
  if (rawState === 'failed') {
    const message = asset.error ?? 'the asset failed, and TwelveLabs gives no reason';
    return { state: 'failed', rawState, message, items: [{ ok: false, ref: id, message }] };
  }
  if (rawState !== 'ready') return { state: 'running', rawState, unmapped: true };
  const facts = factsOf(asset);
  if (indexing !== undefined)
    return { state: 'running', rawState, next: { effect: 'index', input: { indexing, facts } } };
  return { state: 'completed', rawState, items: [assetItem(id, facts, { raw })] };
}

function factsOf({ id, size, duration, filename }: AssetState): AssetFacts {
  return {
    asset: id,
    ...(size != null && { size }),
    ...(duration != null && { durationSeconds: duration }),
    ...(filename != null && { title: filename }),
  };
}

/** An asset as an item. Its size is that of the file that was brought in. */
export function assetItem(ref: string, { asset: id, ...facts }: AssetFacts, more: Partial<Asset>): ReportedItem {
  const asset = { id, ...facts, ...more };
  return { ok: true, ref, asset, ...(facts.size !== undefined && { of: { size: 'source' } }) };
}

/** After a lost answer: the asset that names the job. */
export async function recoverAsset(
  request: Request,
  intent: Intent,
  { context, settings }: { context: AdapterContext; settings: ParsedSettings },
): Promise<Recovered> {
  const query = { filename: mediaFileOf(request).filename, page_limit: 50 };
  const assets = readAssets(await context.http.call({ method: 'GET', path: '/assets', query }));
  const own = assets?.find(({ metadata }) => metadata[jobKey] === request.id);
  if (own !== undefined) {
    const call = { method: 'GET', path: assetPath(own.id) } as const;
    return { found: 'started', ...startedAsset(await context.http.call(call), request, settings) };
  }
  const early = context.now() < intent.savedAt + settlesMs;
  return { found: assets === undefined || early ? 'unknown' : 'nothing' };
}

export function assetPath(id: string): string {
  return `/assets/${encodeURIComponent(id)}`;
}
