import { metadataResult } from './answers.js';
import type { SourceFetcher } from './fetch-source.js';
import { type ImportlyState, leave } from './importly-state.js';
import type { EmulatedMetadataJob } from './job.js';

/** Takes a metadata job through its states. It looks at the whole source, keeps nothing and costs nothing. */
export async function runMetadata(
  state: ImportlyState,
  fetcher: SourceFetcher,
  job: EmulatedMetadataJob,
): Promise<void> {
  const { clock, closing } = state.rooms;
  try {
    await clock.sleep(state.settings.queuedMs, closing);
    job.status = 'running';
    job.startedAt = clock.now();
    const source = await fetcher.fetch(job.request.url);
    job.title = source.title;
    job.size = source.kept.size;
    job.contentType = source.kept.contentType;
    if (source.durationSeconds !== undefined) job.durationSeconds = source.durationSeconds;
    await fetcher.discard(source);
    end(state, job, 'completed');
  } catch (error) {
    if (closing.aborted) return;
    job.message = error instanceof Error ? error.message : 'Metadata failed';
    end(state, job, 'failed');
  }
}

function end(state: ImportlyState, job: EmulatedMetadataJob, status: 'completed' | 'failed'): void {
  job.status = status;
  job.completedAt = state.rooms.clock.now();
  leave(state, job);
  const { webhookUrl } = job.request;
  if (webhookUrl === undefined) return;
  const findings = status === 'completed' ? metadataResult(job) : { message: job.message };
  state.webhooks.send(webhookUrl, `metadata.${status}`, { jobId: job.id, status, ...findings });
}
