import {
  type AdapterContext,
  type AdapterRequest,
  type Http,
  type HttpAnswer,
  type HttpCall,
  type Intent,
  type JsonValue,
  type ProviderSnapshot,
  type Readiness,
  type Recovered,
  SluiceError,
  type Started,
} from '@sluice/core/adapter';
import { type ImportLog, readImportLists, readLogs, readStartedImport } from './import-shapes.js';
import { importSnapshot } from './import-snapshot.js';
import type { ParsedOptions } from './options.js';
import { noReason } from './places.js';
import { type ImportMemo, type Reference, readBefore, readImportMemo } from './references.js';
import type { ParsedSettings } from './settings.js';
import { userMetadataOf } from './user-metadata.js';

type Request = AdapterRequest<ParsedOptions>;
type ImportReference = Extract<Reference, { integration: string }>;

/** Before that, an import whose answer was lost may still be on its way into the logs, in milliseconds. */
const settlesMs = 60_000;
/** Times of the provider come in whole seconds. */
const secondMs = 1_000;

/** Where an import of a request comes from and goes to. */
export interface ImportPlace {
  integration: string;
  index: string;
  /** The names of the files that were put into the bucket first. */
  files?: string[];
}

/** Starts an import (Import videos page): its answer names every file that will have an outcome. */
export async function startImport(
  place: ImportPlace,
  request: Request,
  { context, settings }: { context: AdapterContext; settings: ParsedSettings },
): Promise<Started> {
  const { integration, index, files } = place;
  const { incremental_import, retry_failed } = request.options;
  const user_metadata = userMetadataOf(request);
  const json = {
    index_id: index,
    ...(incremental_import !== undefined && { incremental_import }),
    ...(retry_failed !== undefined && { retry_failed }),
    ...(user_metadata !== undefined && { user_metadata }),
  };
  const sentAt = context.now();
  const call = { method: 'POST', path: pathOf(integration), json } as const;
  const answer = await integrationCall(context.http, call).catch((error: unknown) => {
    throw busy(error, settings);
  });
  const { videos, failed_files } = readStartedImport(answer);
  const since = beganAfter(answer, context.now() - sentAt);
  const memo: ImportMemo = {
    videos: (videos ?? []).map(({ video_id, filename }) => ({ id: video_id, name: filename ?? video_id })),
    refused: (failed_files ?? []).map(({ filename, error_message }) => ({
      name: filename ?? 'unnamed',
      message: error_message ?? noReason,
    })),
    ...(since !== undefined && { since }),
    ...(files !== undefined && { files }),
  };
  return started(place, memo, importSnapshot(memo));
}

/** The provider's time at the answer, less the time that the call took: our clock's hour plays no part. */
function beganAfter(answer: HttpAnswer, tookMs: number): number | undefined {
  const answeredAt = Date.parse(answer.header('date') ?? '');
  return Number.isNaN(answeredAt) ? undefined : answeredAt - tookMs - secondMs;
}

function started({ integration, index }: ImportPlace, memo: ImportMemo, snapshot: ProviderSnapshot): Started {
  const ref: ImportReference = { integration, index, video: memo.videos[0]?.id ?? '' };
  return { ref, memo, snapshot };
}

/** How the files stand that the start named. */
export async function lookAtImport(
  { integration, index }: ImportPlace,
  { http, memo }: Pick<AdapterContext, 'http' | 'memo'>,
): Promise<ProviderSnapshot> {
  const call = { method: 'GET', path: `${pathOf(integration)}/status`, query: { index_id: index } } as const;
  const lists = readImportLists(await integrationCall(http, call));
  return importSnapshot(readImportMemo(memo), lists);
}

/** "Only one import job can run at a time" (Import videos page): whoever runs it, ours waits until its end is in the logs. */
export async function readyToImport(
  { integration }: ImportPlace,
  { http }: AdapterContext,
  { busyLookMs }: ParsedSettings,
): Promise<Readiness> {
  const running = (await logsOf(http, integration)).find(({ ended_at }) => ended_at == null);
  if (running === undefined) return { go: true };
  const into = running.index_name ?? running.index_id ?? 'an index';
  const why = `TwelveLabs runs one import of an integration at a time, and one into ${into}, begun ${running.created_at}, is not over`;
  return { again: busyLookMs, why };
}

/** The newest import so far: one that is newer is what a start left behind. */
export async function importsBefore({ integration }: ImportPlace, { http }: AdapterContext): Promise<JsonValue> {
  const [newest] = await logsOf(http, integration);
  return { newest: newest?.created_at ?? null };
}

/** After a lost answer: the log entry that came since, and the files that are of its time. */
export async function recoverImport(place: ImportPlace, intent: Intent, context: AdapterContext): Promise<Recovered> {
  const { newest } = readBefore(intent.before);
  const since = newest === null ? Number.NEGATIVE_INFINITY : Date.parse(newest);
  const fresh = (await logsOf(context.http, place.integration)).filter(
    ({ created_at, index_id }) => Date.parse(created_at) > since && (index_id == null || index_id === place.index),
  );
  const [entry, ...others] = fresh;
  if (entry === undefined) {
    const early = context.now() < intent.savedAt + settlesMs;
    return { found: early ? 'unknown' : 'nothing' };
  }
  if (others.length > 0) return { found: 'unknown' };
  return { found: 'started', ...(await importOf(place, entry, context)) };
}

/** What the answer would have named, put together from the entry and the files that were added since it began. */
async function importOf(place: ImportPlace, entry: ImportLog, { http }: AdapterContext): Promise<Started> {
  const path = `${pathOf(place.integration)}/status`;
  const lists = readImportLists(await integrationCall(http, { method: 'GET', path, query: { index_id: place.index } }));
  const since = Math.floor(Date.parse(entry.created_at) / secondMs) * secondMs;
  const { validating, pending, queued, indexing, ready, failed } = lists;
  const isOfIt = ({ created_at }: { created_at?: string | null | undefined }) =>
    !(Date.parse(created_at ?? '') < since);
  const videos = [validating, pending, queued, indexing, ready]
    .flatMap((list) => list ?? [])
    .filter(isOfIt)
    .flatMap(({ video_id, filename }) => (video_id == null ? [] : [{ id: video_id, name: filename ?? video_id }]));
  const told = [...(entry.failed_files ?? []), ...(failed ?? []).filter(isOfIt)];
  const refused = new Map(
    told.map(({ filename, error_message }) => [filename ?? 'unnamed', error_message ?? noReason] as const),
  );
  const { files } = place;
  const memo: ImportMemo = {
    ...{ videos, refused: [...refused].map(([name, message]) => ({ name, message })), since },
    ...(files !== undefined && { files }),
  };
  return started(place, memo, importSnapshot(memo, lists));
}

async function logsOf(http: Http, integration: string): Promise<ImportLog[]> {
  return readLogs(await integrationCall(http, { method: 'GET', path: `${pathOf(integration)}/logs` }));
}

function pathOf(integration: string): string {
  return `/tasks/transfers/import/${encodeURIComponent(integration)}`;
}

/** The provider deprecated these calls on 2025-10-31 and took them out of its public description in 2026. */
async function integrationCall(http: Http, call: HttpCall): Promise<HttpAnswer> {
  try {
    return await http.call(call);
  } catch (error) {
    if (!SluiceError.is(error) || error.code !== 'not-found') throw error;
    const message =
      `${error.message}: the import from an integration was withdrawn by the provider, or there is no such integration. ` +
      'Import each file by its URL, or from bytes: it becomes an asset and is indexed';
    throw new SluiceError({ ...error.toJSON(), code: 'unsupported', retry: 'never', message, cause: error });
  }
}

/** "Only one import job can run at a time" (Import videos page), in whatever refusal it is said. */
const oneAtATime = /only one import\b.*\bat a time|\bimport\b.*\b(already|still|currently) (running|in progress)/i;

/** A refusal because an import runs did nothing: the start waits and is sent again. */
function busy(error: unknown, { busyCodes, busyLookMs }: ParsedSettings): unknown {
  if (!SluiceError.is(error)) return error;
  const { status = 0, providerCode, message } = error;
  const says = providerCode !== undefined && busyCodes.includes(providerCode);
  const tells = status >= 400 && status < 500 && oneAtATime.test(message);
  if (status !== 409 && !says && !tells) return error;
  return new SluiceError({
    ...error.toJSON(),
    code: 'rate-limited',
    retry: 'later',
    retryAfterMs: busyLookMs,
    cause: error,
  });
}
