import { toSluiceError } from '../../model/error.js';
import type { JobRecord, Warning } from '../../model/record.js';
import type { Step } from '../step.js';
import { stagedName, uploadTarget } from './target.js';

/** True for a record that has left something behind which no later step will need. */
export function leavesBehind({ upload, route }: JobRecord): boolean {
  if (upload === undefined) return false;
  return route === 'stage' || (upload.done !== true && upload.session !== undefined);
}

/**
 * What a job that is over leaves behind is taken away: an upload that was not completed, an object in the staging bucket. What cannot
 * be taken away is a warning that names it.
 */
export async function cleanUp(step: Step, record: JobRecord): Promise<JobRecord> {
  const { upload, ...rest } = record;
  if (upload?.done !== true) {
    const warnings = await endUpload(step, record);
    return warnings.length === 0 ? rest : { ...record, warnings: [...record.warnings, ...warnings] };
  }
  const { staging } = step.engine;
  if (staging === undefined || upload.uploaded === undefined) return record;
  try {
    await staging.remove(upload.uploaded, step.engine.patientStaging());
    return rest;
  } catch (error) {
    const what = `the object ${staging.place}${stagedName(record)}`;
    return { ...record, warnings: [...record.warnings, leftWarning(what, 's3:DeleteObject', error)] };
  }
}

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
    if (route === 'stage' && staging !== undefined) {
      const what = `an upload of ${staging.place}${stagedName(record)}, which was begun and not completed,`;
      return [leftWarning(what, 's3:AbortMultipartUpload', error)];
    }
    const message = step.redact(`an upload could not be ended: ${toSluiceError(error).message}`);
    step.engine.log?.({ level: 'warn', message });
    return [];
  }
}

function leftWarning(what: string, needed: string, error: unknown): Warning {
  const why = toSluiceError(error).message;
  const message = `${what} stays in the staging bucket, since it could not be removed (${why}); remove it there, or let "sluice gc" try again with credentials that may (${needed})`;
  return { code: 'staged-left', message };
}
