import type { JobRecord } from '../../model/record.js';
import { cleanUpPut } from '../put/clean-up.js';
import type { Step } from '../step.js';
import { endUpload, stagedLeft } from './end-upload.js';
import { stagedName } from './target.js';

/** True for a record that has left something behind which no later step will need. */
export function leavesBehind({ upload, route, put }: JobRecord): boolean {
  if (put !== undefined) return true;
  if (upload === undefined) return false;
  return route === 'stage' || (upload.done !== true && upload.session !== undefined);
}

/**
 * What a job that is over leaves behind is taken away: an upload that was not completed, an object in the staging bucket. What cannot
 * be taken away is a warning that names it.
 */
export async function cleanUp(step: Step, record: JobRecord): Promise<JobRecord> {
  if (record.put !== undefined) return cleanUpPut(step, record);
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
    return { ...record, warnings: [...record.warnings, stagedLeft(what, 's3:DeleteObject', error)] };
  }
}
