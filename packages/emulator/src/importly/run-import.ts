import type { StorageClass } from '@aws-sdk/client-s3';
import { pause } from '../server/pause.js';
import { returnsLocation, s3Storage } from './answers.js';
import { type FetchedSource, IMPORTLY_BUCKET, type SourceFetcher } from './fetch-source.js';
import { type ImportlyState, leave } from './importly-state.js';
import type { EmulatedImport } from './job.js';
import { storageKey } from './storage-key.js';
import type { UserBucket } from './user-bucket.js';

/** What runs imports. */
export interface ImportRunner {
  state: ImportlyState;
  fetcher: SourceFetcher;
  /** Undefined where the account has no bucket. */
  bucket: UserBucket | undefined;
}

/**
 * Takes an accepted import through its states. Qualities and includeVideo, includeAudio were checked and are remembered
 * with the job, but nothing is transcoded: the bytes handed out are the source's.
 *
 * Never rejects; stops without a word when the emulator closes.
 */
export async function runImport(runner: ImportRunner, job: EmulatedImport): Promise<void> {
  const { clock, closing } = runner.state.rooms;
  const { queuedMs, runningMs } = runner.state.settings;
  try {
    await clock.sleep(queuedMs, closing);
    job.status = 'running';
    job.startedAt = clock.now();
    const [source] = await Promise.all([runner.fetcher.fetch(job.request.url), clock.sleep(runningMs, closing)]);
    await complete(runner, job, source);
  } catch (error) {
    if (closing.aborted) return;
    job.message = error instanceof Error ? error.message : 'Import failed';
    end(runner.state, job, 'failed');
  }
}

async function complete(runner: ImportRunner, job: EmulatedImport, source: FetchedSource): Promise<void> {
  const { state } = runner;
  const { kept, title, extension, durationSeconds = 0 } = source;
  const { url } = state.rooms;
  const { creditsPerSecond, minimumCredits } = state.settings.costs;
  const name = job.request.includeVideo === false ? 'audio' : 'video';
  job.title = title;
  job.size = kept.size;
  job.sha256 = kept.sha256;
  job.contentType = kept.contentType;
  if (source.durationSeconds !== undefined) job.durationSeconds = source.durationSeconds;
  job.mediaUrl = `${url}/importly/storage/${job.id}/${name}.${extension}`;
  job.objectKey = kept.key;
  job.message = 'Import completed successfully';
  if (job.request.store) await store(runner, job, source);
  job.creditsUsed = Math.max(minimumCredits, Math.floor(durationSeconds * creditsPerSecond));
  state.account.credits -= job.creditsUsed;
  end(state, job, 'completed');
}

/** Whatever goes wrong here, the import completes with its ordinary mediaUrl and no word of it (S3 Storage page, FAQ). */
async function store(runner: ImportRunner, job: EmulatedImport, source: FetchedSource): Promise<void> {
  const { state } = runner;
  const { faults, closing, log } = state.rooms;
  try {
    const { delayMs, rule } = faults.draw('store', 'before', job.request.url);
    await pause(delayMs, closing);
    if (rule) throw new Error(`fault ${rule.kind}`);
    job.stored = await upload(runner, job, source);
    if (returnsLocation(job, state.settings)) job.mediaUrl = job.stored.url;
    job.message = 'Import completed successfully and uploaded to S3';
    log.add({ provider: 'importly', method: 'PUT', path: job.stored.url, status: 200, note: `${job.id} stored` });
  } catch (error) {
    closing.throwIfAborted();
    job.storeError = error instanceof Error ? error.message : 'the upload failed';
    const note = `${job.id} not stored: ${job.storeError}`;
    log.add({ provider: 'importly', method: 'PUT', path: 'the user’s bucket', status: null, note });
  }
}

function upload({ state, bucket }: ImportRunner, job: EmulatedImport, source: FetchedSource) {
  const { storage } = state.settings;
  if (!bucket || !storage) throw new Error('no S3 storage is configured');
  const { storagePath, storageFilename, storageBucket, storageClass } = job.request;
  const key = storageKey({
    title: source.title,
    extension: source.extension,
    prefix: storage.prefix,
    ...(storagePath === undefined ? {} : { storagePath }),
    ...(storageFilename === undefined ? {} : { storageFilename }),
  });
  return bucket.put({
    path: state.rooms.objects.pathOf(IMPORTLY_BUCKET, source.kept),
    size: source.kept.size,
    contentType: source.kept.contentType,
    bucket: storageBucket ?? storage.bucket,
    key,
    storageClass: (storageClass ?? storage.storageClass) as StorageClass,
  });
}

function end(state: ImportlyState, job: EmulatedImport, status: 'completed' | 'failed'): void {
  job.status = status;
  job.completedAt = state.rooms.clock.now();
  leave(state, job);
  const { webhookUrl } = job.request;
  if (webhookUrl === undefined) return;
  const { mediaUrl, creditsUsed, message } = job;
  const body =
    status === 'completed'
      ? { jobId: job.id, status, mediaUrl, creditsUsed, message, ...s3Storage(job, state.settings) }
      : { jobId: job.id, status, message };
  state.webhooks.send(webhookUrl, `import.${status}`, body);
}
