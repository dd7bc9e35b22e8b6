import type { JsonAnswer } from '../faults/broken-answer.js';
import type { EmulatedImport, EmulatedMetadataJob, EmulatedState } from './job.js';
import type { RateVerdict } from './rate-limits.js';
import type { ResolvedImportlySettings } from './settings.js';

/** A refusal. The pages show no body but the 429's; this one follows it. */
export function refusal(status: number, error: string): JsonAnswer {
  return { status, headers: {}, body: { success: false, error } };
}

/** The 429 of the Import Endpoint page. */
export function rateRefusal(verdict: RateVerdict, endpoint: string): JsonAnswer {
  const { limit, reset, retryAfter, window } = verdict;
  const error = `Rate limit exceeded. Limit: ${limit} requests per ${window}`;
  return {
    status: 429,
    headers: {},
    body: { success: false, error, limit, remaining: 0, reset, retryAfter, endpoint },
  };
}

/** The other 429, which doesn't say when to come again. */
export function concurrencyRefusal(concurrentLimit: number, currentConcurrent: number, endpoint: string): JsonAnswer {
  const error = `Concurrent request limit reached. Limit: ${concurrentLimit} concurrent requests`;
  return { status: 429, headers: {}, body: { success: false, error, concurrentLimit, currentConcurrent, endpoint } };
}

/** The answer to a start that was accepted. */
export function acceptance(id: string, message: string, settings: ResolvedImportlySettings): JsonAnswer {
  return ok({ [settings.idField]: id, status: 'queued', message });
}

/** The answer to a status request of an import. */
export function importStatus(job: EmulatedImport, settings: ResolvedImportlySettings): JsonAnswer {
  const head = { jobId: job.id, status: stateWord(job.status, settings) };
  if (job.status !== 'completed') return ok({ ...head, ...failure(job), ...times(job) });
  const result = { mediaUrl: job.mediaUrl, title: job.title, duration: job.durationSeconds };
  const { size: fileSizeBytes, message, creditsUsed = 0 } = job;
  if (settings.resultShape === 'flat') {
    const costInDollars = roundDollars(creditsUsed * settings.costs.dollarsPerCredit);
    const { mediaUrl, ...rest } = result;
    return ok({ ...head, mediaUrl, ...s3Storage(job, settings), ...rest, fileSizeBytes, costInDollars });
  }
  return ok({
    ...head,
    result: { ...result, creditsUsed, fileSizeBytes, ...s3Storage(job, settings), message },
    ...times(job),
  });
}

/** The answer to a status request of a metadata job; the basic one leaves out the size and the kind. */
export function metadataStatus(job: EmulatedMetadataJob, settings: ResolvedImportlySettings): JsonAnswer {
  const head = { jobId: job.id, status: stateWord(job.status, settings) };
  if (job.status !== 'completed') return ok({ ...head, ...failure(job), ...times(job) });
  const result = metadataResult(job);
  return ok(settings.resultShape === 'flat' ? { ...head, ...result } : { ...head, result, ...times(job) });
}

/** What a metadata job found. The emulator makes no pictures: the thumbnail is always `null`. */
export function metadataResult(job: EmulatedMetadataJob): Record<string, unknown> {
  const basic = { title: job.title, duration: job.durationSeconds, thumbnail: null };
  return job.kind === 'metadata/basic' ? basic : { ...basic, fileSizeBytes: job.size, contentType: job.contentType };
}

/** The location in the user's bucket, where it is stored and to be returned. */
export function s3Storage(job: EmulatedImport, settings: ResolvedImportlySettings): { s3Storage?: object } {
  return job.stored && returnsLocation(job, settings) ? { s3Storage: job.stored } : {};
}

/** Whether the request, or the settings where it is silent, want the location returned. */
export function returnsLocation(job: EmulatedImport, settings: ResolvedImportlySettings): boolean {
  return job.request.storageReturnLocation ?? settings.storage?.returnLocation ?? false;
}

function ok(data: object): JsonAnswer {
  return { status: 200, headers: {}, body: { success: true, data } };
}

function stateWord(state: EmulatedState, settings: ResolvedImportlySettings): string {
  return state === 'running' ? settings.runningWord : state;
}

function failure(job: { status: EmulatedState; message?: string }): { message?: string } {
  return job.status === 'failed' && job.message !== undefined ? { message: job.message } : {};
}

function times(job: { startedAt: number | null; completedAt: number | null }): Record<string, string | null> {
  return { startedAt: iso(job.startedAt), completedAt: iso(job.completedAt) };
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function roundDollars(dollars: number): number {
  return Math.round(dollars * 10_000) / 10_000;
}
