import { toSluiceError } from '../../model/error.js';
import type { JobRecord, Warning } from '../../model/record.js';
import type { Step } from '../step.js';
import { stagedName, uploadTarget } from './target.js';

/** Ends an upload that will not be completed, where that is possible. @returns what is left in the user's own bucket */
export async function endUpload(step: Step, record: JobRecord): Promise<Warning[]> {
  const { upload, route } = record;
  try {
    const target = uploadTarget(step);
    if (upload?.session !== undefined) await target.abort?.(upload.session);
    else await target.abortStrays?.();
    return [];
  } catch (error) {
    const { staging } = step.engine;
    if (upload?.into !== undefined) return [putLeft(step, upload.into.name, error)];
    if (route === 'stage' && staging !== undefined) {
      const what = `an upload of ${staging.place}${stagedName(record)}, which was begun and not completed,`;
      return [stagedLeft(what, 's3:AbortMultipartUpload', error)];
    }
    const message = step.redact(`an upload could not be ended: ${toSluiceError(error).message}`);
    step.engine.log?.({ level: 'warn', message });
    return [];
  }
}

/** What stays in the staging bucket. */
export function stagedLeft(what: string, needed: string, error: unknown): Warning {
  const why = toSluiceError(error).message;
  const message = `${what} stays in the staging bucket, since it could not be removed (${why}); remove it there, or let "sluice gc" try again with credentials that may (${needed})`;
  return { code: 'staged-left', message };
}

function putLeft({ provider, record }: Step, name: string, error: unknown): Warning {
  const place = provider.buckets[record.put?.integration ?? '']?.place ?? '';
  const why = toSluiceError(error).message;
  const message = `an upload of ${place}${name}, which was begun and not completed, stays in the bucket (${why}); end it there with credentials that may (s3:AbortMultipartUpload)`;
  return { code: 'put-left', message };
}
