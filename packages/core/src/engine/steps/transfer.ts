import type { OpenBytes } from '../../model/bytes.js';
import { type ErrorFields, SluiceError, toSluiceError } from '../../model/error.js';
import type { JobRecord, UploadRecord } from '../../model/record.js';
import type { ArrivedPart, FormUpload } from '../../model/upload.js';
import { SendError } from '../../platform/byte-plane.js';
import { isTransient, mayPass } from '../../wire/failure.js';
import type { Advanced } from '../advance.js';
import { lookIntoBytes } from '../media/look-into.js';
import { nextFile } from '../put/files.js';
import type { Step } from '../step.js';
import { failed, postponed, warned } from '../transitions.js';
import { beginUpload } from '../upload/begin.js';
import { endUpload } from '../upload/end-upload.js';
import { assertExpected } from '../upload/expected.js';
import { inSession, isSignatureRefused, SignatureGone, sendError, UploadGone } from '../upload/failures.js';
import { type PartsRecord, sendParts } from '../upload/parts.js';
import { TransferProgress } from '../upload/progress.js';
import { areBytesElsewhere, assertSame, bytesElsewhere, openJobSource } from '../upload/source-bytes.js';
import { uploadTarget } from '../upload/target.js';
import { whileHeard } from '../upload/while-heard.js';
import { settled } from './outcome.js';
import { startByForm } from './start-by-form.js';

/** An upload whose signatures ran out is begun anew so often. */
const mostAnew = 3;
const formIdleTimeoutMs = 60_000;
/** How soon another process looks again whether its bytes are still elsewhere, in milliseconds. */
const ownerWaitMs = 15_000;

/** True for a job whose bytes must get to the provider, or to the staging bucket, before it can start. */
export function needsTransfer(record: JobRecord): boolean {
  const { route, upload, request } = record;
  if (route === 'put') return nextFile(record) !== undefined;
  if (upload?.done === true) return false;
  const kind = request?.source.kind;
  return kind === 'file' || kind === 'bytes' || route === 'relay' || route === 'stage';
}

/** Whom a transfer tells how far it is. */
export interface TransferNews {
  onAdmitted: () => void;
  onTransfer: (() => void) | undefined;
}

/** Brings the bytes to the provider: begins, sends what is missing, proves it, puts it together. */
export async function transferStep(step: Step, { onAdmitted, onTransfer }: TransferNews): Promise<Advanced> {
  if (areBytesElsewhere(step.engine, step.record)) return leaveToOwner(step);
  const release = await takePlace(step, onTransfer);
  if (release === undefined) return { next: 'busy', record: step.record };
  try {
    const bytes = await whileHeard(step, () => openJobSource(step));
    try {
      await lookIntoBytes(step, bytes);
      const started = await transfer(step, bytes, onAdmitted);
      if (started !== undefined) return started;
    } finally {
      await bytes.close();
    }
  } catch (thrown) {
    return await transferFailed(step, thrown);
  } finally {
    release();
  }
  const { upload, progress: _progress, waitingFor: _waiting, ...rest } = step.record;
  const done: JobRecord = { ...rest, failures: 0, phase: 'prepare', dueAt: step.now };
  await step.finish(upload === undefined ? done : { ...done, upload: finished(upload) });
  await step.engine.store.clearParts(step.record.id);
  return settled(step);
}

/**
 * A place among those whose bytes move, and what ends it; undefined where others come first, and the step has ended.
 * @param onTransfer as in the options of `advance`
 */
export async function takePlace(step: Step, onTransfer: (() => void) | undefined): Promise<(() => void) | undefined> {
  const { transfers } = step.engine;
  const release = onTransfer === undefined ? await transfers.take(step.signals.stop.signal) : transfers.tryTake();
  if (release === undefined) await step.finish(step.record);
  else onTransfer?.();
  return release;
}

/**
 * The process that has the bytes may be alive, and somebody who works the store must not end what is its own: the job is put off a
 * little, until they come or its deadline does. Whoever waits for it here is told.
 */
async function leaveToOwner(step: Step): Promise<Advanced> {
  const { record, provider, now } = step;
  const error = bytesElsewhere(record);
  const deadlineAt = record.deadlineAt ?? now + (record.request?.deadlineMs ?? provider.deadlineMs);
  if (now >= deadlineAt) return transferFailed(step, error);
  const dueAt = Math.min(now + ownerWaitMs, deadlineAt);
  await step.finish({ ...record, deadlineAt, dueAt });
  return { next: 'stuck', at: dueAt, error };
}

/** Nothing signed stays once the provider has the bytes. */
function finished({
  signed: _signed,
  headers: _headers,
  completing: _completing,
  ...upload
}: UploadRecord): UploadRecord {
  return { ...upload, done: true };
}

/** @returns the outcome of the step where the upload was itself the start */
async function transfer(step: Step, bytes: OpenBytes, onAdmitted: () => void): Promise<Advanced | undefined> {
  const upload = step.record.upload?.session === undefined ? await beginUpload(step, bytes) : step.record.upload;
  if ('form' in upload) {
    if (upload.form.answer === 'json') return startByForm(step, { bytes, form: upload.form, onAdmitted });
    onAdmitted();
    await transferForm(step, bytes, upload.form);
    return undefined;
  }
  // Its limits are asked for when the bytes are there: who waits for them need not wait for that.
  onAdmitted();
  const session = partsOf(upload);
  if (await isThere(step, upload)) return undefined;
  const { parts, sha256 } = await whileHeard(step, () => sendParts(step, session, bytes));
  assertSame(session, await bytes.look(), step.record);
  assertExpected(step.record, sha256);
  await complete(step, session, { parts, sha256 });
  return undefined;
}

/** The parts were to be put together when the last attempt ended: where that can be asked, nothing is sent twice. */
export async function isThere(step: Step, { completing, uploaded, size }: UploadRecord): Promise<boolean> {
  if (completing !== true || uploaded === undefined) return false;
  return (await uploadTarget(step).isThere?.(uploaded, size)) ?? false;
}

/** The session of an upload that was begun. */
export function partsOf(upload: UploadRecord): PartsRecord {
  const { session, partSize } = upload;
  if (session === undefined || partSize === undefined)
    throw new Error('an upload in parts has a session and a part size');
  return { ...upload, session, partSize };
}

/** One form POST with a fresh signature each time: what it may have left before is replaced by nothing and costs nothing. */
async function transferForm(step: Step, bytes: OpenBytes, form: FormUpload): Promise<void> {
  const progress = new TransferProgress(step, { done: 0, total: bytes.size });
  const send = () =>
    step.engine.bytePlane
      .sendForm({
        bytes,
        form,
        digest: true,
        idleTimeoutMs: formIdleTimeoutMs,
        signal: step.signals.stop.signal,
        moved: progress.moved,
        beforeEnd: async (sha256) => {
          const { upload } = step.record;
          if (upload !== undefined) assertSame(upload, await bytes.look(), step.record);
          assertExpected(step.record, sha256);
        },
      })
      .catch((error: unknown) => {
        if (!(error instanceof SendError)) throw error;
        if (isSignatureRefused(error.failure)) throw new SignatureGone(error.failure);
        throw sendError(step, error.failure);
      });
  const sent = await whileHeard(step, send);
  await saveDigest(step, sent.sha256);
}

/** Saves what is about to be put together, and does so. */
export async function complete(
  step: Step,
  session: PartsRecord,
  sent: { parts: ArrivedPart[]; sha256?: string | undefined },
): Promise<void> {
  const before = step.record.upload?.completing === true;
  await saveDigest(step, sent.sha256, { completing: true });
  try {
    await inSession(() => uploadTarget(step).complete(session.session, sent.parts));
  } catch (error) {
    // An earlier call may have put them together: the start will tell.
    if (!before || !SluiceError.is(error) || !mayMeanDone(error)) throw error;
  }
}

/** A no to putting together parts that are no longer there as parts. An answer that makes no sense is none. */
function mayMeanDone(error: SluiceError): boolean {
  return error.code !== 'aborted' && error.code !== 'protocol' && !isTransient(error);
}

async function saveDigest(step: Step, sha256: string | undefined, extra: Partial<UploadRecord> = {}): Promise<void> {
  const { upload } = step.record;
  if (upload === undefined) return;
  const measured = { ...step.record.measured, size: upload.size, ...(sha256 !== undefined && { sha256 }) };
  await step.save({
    ...step.record,
    // What is measured of one file among several is no measure of the job's source.
    ...(step.record.route !== 'put' && { measured }),
    upload: { ...upload, ...extra, ...(sha256 !== undefined && { sha256 }) },
  });
}

/** What a transfer comes to that threw: begun anew, put off, or given up. */
export async function transferFailed(step: Step, thrown: unknown): Promise<Advanced> {
  if (thrown instanceof UploadGone) return beginAnew(step, thrown.message);
  const error = SluiceError.is(thrown) ? thrown : toSluiceError(thrown, 'source-unreachable');
  if (error.code === 'aborted') throw error;
  const { progress: _progress, ...record } = step.record;
  const inTime = record.deadlineAt === undefined || step.now < record.deadlineAt;
  if (mayPass(error, record.failures) && inTime) {
    await step.finish(postponed(record, error, step.now));
    return settled(step);
  }
  return giveUp(step, record, inTime ? error.toJSON() : { ...error.toJSON(), retry: 'exhausted' });
}

async function giveUp(step: Step, record: JobRecord, error: ErrorFields): Promise<Advanced> {
  await step.finish(failed(record, error, step.now), { freeSlot: true });
  await step.engine.store.clearParts(step.record.id);
  return settled(step);
}

/** Signatures or session are gone for good: the upload starts over, and says so. */
async function beginAnew(step: Step, why: string): Promise<Advanced> {
  const anew = (step.record.upload?.anew ?? 0) + 1;
  const { name } = step.provider;
  if (anew > mostAnew) {
    const message = step.redact(`${name}: ${anew} uploads in a row came to nothing: ${why}`);
    return giveUp(step, step.record, new SluiceError({ code: 'auth', message, provider: name }).toJSON());
  }
  const left = await endUpload(step, step.record);
  await step.engine.store.clearParts(step.record.id);
  const { upload, ...rest } = step.record;
  const message = step.redact(`${name}: ${why}; it was begun anew (${anew} of ${mostAnew})`);
  const next = warned({ ...rest, dueAt: step.now }, [...left, { code: 'upload-anew', message }]);
  await step.finish(upload === undefined ? next : { ...next, upload: bare(upload, anew) });
  return settled(step);
}

function bare({ way, size, fingerprint, into }: UploadRecord, anew: number): UploadRecord {
  return { way, size, fingerprint, anew, ...(into !== undefined && { into }) };
}
