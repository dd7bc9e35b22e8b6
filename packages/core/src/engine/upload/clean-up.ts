import { toSluiceError } from '../../model/error.js';
import type { JobRecord, Warning } from '../../model/record.js';
import type { Step } from '../step.js';
import { uploadTarget } from './target.js';

/** Longer than this nobody waits for a bucket that does not answer, in milliseconds. */
const patienceMs = 15_000;

/** True for a record that has left something behind which no later step will need. */
export function leavesBehind({ upload, route }: JobRecord): boolean {
  if (upload === undefined) return false;
  return upload.done === true ? route === 'stage' : upload.session !== undefined;
}

/**
 * What a job that is over leaves behind is taken away: an upload that was not completed, an object in the staging bucket. What cannot
 * be taken away is a warning that names it.
 */
export async function cleanUp(step: Step, record: JobRecord): Promise<JobRecord> {
  const { upload, ...rest } = record;
  if (upload?.done !== true) {
    await endUpload(step, record);
    return rest;
  }
  const { staging } = step.engine;
  if (staging === undefined || upload.uploaded === undefined) return record;
  const patience = new AbortController();
  const callOff = step.engine.clock.after(patienceMs, () => patience.abort());
  try {
    await staging.remove(upload.uploaded, step.engine.stagingContext(patience.signal));
    return rest;
  } catch (error) {
    return { ...record, warnings: [...record.warnings, leftWarning(step, staging.place, error)] };
  } finally {
    callOff();
  }
}

/** Ends an upload that will not be completed, where that is possible. */
export async function endUpload(step: Step, { upload }: JobRecord): Promise<void> {
  const session = upload?.session;
  if (session === undefined) return;
  try {
    await uploadTarget(step).abort?.(session);
  } catch (error) {
    const message = step.redact(`an upload could not be ended: ${toSluiceError(error).message}`);
    step.engine.log?.({ level: 'warn', message });
  }
}

function leftWarning({ record }: Step, place: string, error: unknown): Warning {
  const object = `${place}, below ${record.id}/`;
  const message = `the staged object stays in ${object}, since it could not be removed: ${toSluiceError(error).message}; remove it there, or let "sluice gc" try again`;
  return { code: 'staged-left', message };
}
