import type { OpenBytes } from '../../model/bytes.js';
import type { JobRecord, UploadRecord } from '../../model/record.js';
import type { FormUpload } from '../../model/upload.js';
import type { Step } from '../step.js';
import { warned } from '../transitions.js';
import { endUpload } from './end-upload.js';
import { uploadTarget } from './target.js';

/**
 * Asks the target for an upload, and saves its session before the first part. A form has none: it is sent whole or not at all.
 * @param into of a connected bucket: what was found there before
 */
export async function beginUpload(
  step: Step,
  bytes: OpenBytes,
  into?: UploadRecord['into'],
): Promise<UploadRecord | { form: FormUpload }> {
  const { size, fingerprint } = bytes;
  const target = uploadTarget(step);
  if (target.abortStrays !== undefined) await leaveNote(step, bytes, into);
  const { way, begun } = await target.begin(size);
  const { anew = 0 } = step.record.upload ?? {};
  const known = { way, size, fingerprint, anew, uploaded: begun.uploaded, ...(into !== undefined && { into }) };
  if (begun.kind === 'form') {
    await step.save(underway(step, known));
    return { form: begun };
  }
  const { session, partSize, first: signed, headers } = begun;
  const upload: UploadRecord = { ...known, session, partSize, signed, ...(headers !== undefined && { headers }) };
  await step.save(underway(step, upload));
  return upload;
}

/** What is begun and never heard of would lie in the user's own bucket: where the note is there already, it is looked for. */
async function leaveNote(step: Step, { size, fingerprint }: OpenBytes, into: UploadRecord['into']): Promise<void> {
  const { upload } = step.record;
  const left = upload === undefined ? [] : await endUpload(step, step.record);
  const note = upload ?? {
    ...{ way: into === undefined ? 'stage' : 'put', size, fingerprint, anew: 0 },
    ...(into !== undefined && { into }),
  };
  await step.save(underway({ record: warned(step.record, left), provider: step.provider, now: step.now }, note));
}

/** The deadline runs from here: an upload that never gets through is given up as well. */
function underway(
  { record, provider, now }: Pick<Step, 'record' | 'provider' | 'now'>,
  upload: UploadRecord,
): JobRecord {
  const deadlineAt = record.deadlineAt ?? now + (record.request?.deadlineMs ?? provider.deadlineMs);
  const measured = upload.into === undefined ? { measured: { ...record.measured, size: upload.size } } : {};
  return { ...record, phase: 'transfer', state: 'running', deadlineAt, ...measured, upload };
}
