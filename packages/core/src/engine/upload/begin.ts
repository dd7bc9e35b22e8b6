import type { OpenBytes } from '../../model/bytes.js';
import { SluiceError } from '../../model/error.js';
import type { JobRecord, UploadRecord } from '../../model/record.js';
import type { FormUpload, UploadWay } from '../../model/upload.js';
import type { Step } from '../step.js';
import { chooseWay, uploadWays } from './ways.js';

/** Asks the provider for an upload, and saves its session before the first part. A form has none: it is sent whole or not at all. */
export async function beginUpload(step: Step, bytes: OpenBytes): Promise<UploadRecord | { form: FormUpload }> {
  const { upload: adapter } = step.provider.members;
  if (adapter === undefined) throw new Error(`${step.provider.adapter.name} takes no bytes`);
  const { size, fingerprint } = bytes;
  const way = wayFor(step, size);
  const begun = await adapter.begin(step.request(), { size, way: way.name }, step.context());
  const known = { way: way.name, size, fingerprint, anew: step.record.upload?.anew ?? 0, uploaded: begun.uploaded };
  if (begun.kind === 'form') {
    await step.save(underway(step, known));
    return { form: begun };
  }
  const { session, partSize, first: signed, headers } = begun;
  const upload: UploadRecord = { ...known, session, partSize, signed, ...(headers !== undefined && { headers }) };
  await step.save(underway(step, upload));
  return upload;
}

function wayFor(step: Step, size: number): UploadWay {
  const { members, name } = step.provider;
  const way = chooseWay(uploadWays(step.provider), { size, name: members.upload?.wish?.(step.request()) });
  if (!('rule' in way)) return way;
  throw new SluiceError({ code: 'invalid-request', message: `${name}: ${way.rule}`, provider: name });
}

/** The deadline runs from here: an upload that never gets through is given up as well. */
function underway(step: Step, upload: UploadRecord): JobRecord {
  const { record, provider, now } = step;
  const deadlineAt = record.deadlineAt ?? now + (record.request?.deadlineMs ?? provider.deadlineMs);
  const measured = { ...record.measured, size: upload.size };
  return { ...record, phase: 'transfer', state: 'running', deadlineAt, measured, upload };
}
