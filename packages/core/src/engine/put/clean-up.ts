import { toSluiceError } from '../../model/error.js';
import type { JobRecord, PutRecord, Warning } from '../../model/record.js';
import type { Step } from '../step.js';
import { warned } from '../transitions.js';
import { endUpload } from '../upload/end-upload.js';
import { bucketOf } from './files.js';

/** So many objects are named in one warning. */
const mostNamed = 5;

/**
 * What a job that is over leaves in a bucket that the provider imports from. Once the import has begun, or may have, the files stay: they are
 * what the provider indexes. Before that, what the job has put there is taken away again; what it replaced, or found there, stays.
 */
export async function cleanUpPut(step: Step, record: JobRecord): Promise<JobRecord> {
  const { upload, put, ...rest } = record;
  const open = upload === undefined ? [] : await endUpload(step, record);
  const isKept = record.ref !== undefined || record.error?.code === 'unknown';
  const left = put === undefined || isKept ? [] : await takeAway(step, put);
  const kept = put === undefined || record.state !== 'failed' ? {} : { put: isKept ? put : { ...put, files: [] } };
  return warned({ ...rest, ...kept }, [...open, ...left]);
}

/** What somebody else has put over it meanwhile is not ours to take. */
async function removeOwn(step: Step, { name, mark }: { name: string; mark?: string }): Promise<void> {
  const bucket = bucketOf(step);
  const object = bucket.object(name);
  const there = await bucket.look(object, step.engine.patientStaging());
  if (there !== undefined && there.mark === mark) await bucket.remove(object, step.engine.patientStaging());
}

async function takeAway(step: Step, put: PutRecord): Promise<Warning[]> {
  const left: string[] = [];
  let why = '';
  for (const file of put.files) {
    if (!('outcome' in file) || file.outcome === 'existing') continue;
    if (file.outcome === 'replaced') {
      left.push(file.name);
      why = 'what they replaced is gone';
      continue;
    }
    try {
      await removeOwn(step, file);
    } catch (error) {
      left.push(file.name);
      why = toSluiceError(error).message;
    }
  }
  if (left.length === 0) return [];
  const place = step.provider.buckets[put.integration]?.place ?? `the bucket of the integration ${put.integration}`;
  const more = left.length > mostNamed ? ` and ${left.length - mostNamed} more` : '';
  const message = `${left.slice(0, mostNamed).join(', ')}${more} of this job stay in ${place} (${why}); the next import from there takes them`;
  return [{ code: 'put-left', message }];
}
