import type { BytesState, OpenBytes } from '../../model/bytes.js';
import { type ErrorFields, SluiceError, toSluiceError } from '../../model/error.js';
import type { JobRecord, PutFile, UploadRecord } from '../../model/record.js';
import type { BucketFile } from '../../model/source.js';
import { isTransient } from '../../wire/failure.js';
import type { Advanced } from '../advance.js';
import { bucketOf, markOf, nextFile } from '../put/files.js';
import { putItems } from '../put/items.js';
import type { Step } from '../step.js';
import { failed, warned } from '../transitions.js';
import { beginUpload } from '../upload/begin.js';
import { endUpload } from '../upload/end-upload.js';
import { sendParts } from '../upload/parts.js';
import { assertSame, openJobSource } from '../upload/source-bytes.js';
import { whileHeard } from '../upload/while-heard.js';
import { settled } from './outcome.js';
import { complete, isThere, partsOf, type TransferNews, takePlace, transferFailed } from './transfer.js';

/** A file whose source was out of reach so often in a row is given up: the others need not wait for it. */
const mostTries = 6;

type Into = NonNullable<UploadRecord['into']>;

/** Puts the next file into the bucket that the provider imports from. What is wrong with one file is its own outcome, and stops no other. */
export async function putStep(step: Step, { onAdmitted, onTransfer }: TransferNews): Promise<Advanced> {
  const file = nextFile(step.record);
  if (file === undefined) throw new Error('every file was come to');
  const release = await takePlace(step, onTransfer);
  if (release === undefined) return { next: 'busy', record: step.record };
  // The provider's limits are asked for when the files are there: who waits for them need not wait for that.
  onAdmitted();
  try {
    const ended = await putFile(step, file);
    // First: to the next file they would be parts of its own.
    await step.engine.store.clearParts(step.record.id);
    await step.finish(afterwards(step, ended));
    return settled(step);
  } catch (thrown) {
    return await transferFailed(step, thrown);
  } finally {
    release();
  }
}

function afterwards(step: Step, ended: PutFile): JobRecord {
  const { upload: _upload, progress: _progress, waitingFor: _waiting, put, ...rest } = step.record;
  if (put === undefined) throw new Error('files are put by the route "put"');
  const files = [...put.files, ended];
  const record: JobRecord = { ...rest, put: { ...put, files }, failures: 0, dueAt: step.now };
  const { items } = putItems(record, [], { provider: step.provider, final: false });
  const next: JobRecord = { ...record, items };
  if (nextFile(next) !== undefined) return next;
  if (files.some((file) => 'outcome' in file)) return { ...next, phase: 'prepare' };
  return failed(next, nothingThere(step, files), step.now);
}

/** With the first file's kind of error: what is to be done about one is to be done about all, most likely. */
function nothingThere({ provider }: Step, files: PutFile[]): ErrorFields {
  const errors = files.flatMap((file) => ('error' in file ? [file.error] : []));
  const reasons = [...new Set(errors.map(({ message }) => message))];
  const { code = 'source-unreachable', retry = 'never' } = errors[0] ?? {};
  const more = reasons.length > 1 ? `; and ${reasons.length - 1} more reasons` : '';
  const what = files.length === 1 ? 'the file' : `none of the ${files.length} files`;
  const verb = files.length === 1 ? 'was not put' : 'was put';
  const message = `${provider.name}: ${what} ${verb} into the bucket, and no import was started: ${reasons[0]}${more}`;
  return new SluiceError({ code, retry, message, provider: provider.name }).toJSON();
}

async function putFile(step: Step, file: BucketFile): Promise<PutFile> {
  try {
    const bytes = await openSource(step);
    try {
      return await bring(step, file, bytes);
    } finally {
      await bytes.close();
    }
  } catch (thrown) {
    const error = faultOfFile(step, thrown);
    if (error === undefined) throw thrown;
    if (step.record.upload !== undefined) {
      const left = await endUpload(step, step.record);
      if (left.length > 0) await step.save(warned(step.record, left));
    }
    return { name: file.name, error: { code: error.code, message: step.redact(error.message), retry: error.retry } };
  }
}

/** Whatever keeps a source from being opened is about that source. */
class SourceFault extends Error {
  override readonly cause: SluiceError;

  constructor(cause: SluiceError) {
    super(cause.message);
    this.cause = cause;
  }
}

async function openSource(step: Step): Promise<OpenBytes> {
  try {
    return await whileHeard(step, () => openJobSource(step));
  } catch (thrown) {
    const error = SluiceError.is(thrown) ? thrown : toSluiceError(thrown, 'source-unreachable');
    if (error.code === 'aborted') throw error;
    if (isTransient(error) && step.record.failures + 1 < mostTries) throw error;
    throw new SourceFault(isTransient(error) ? new SluiceError({ ...error.toJSON(), retry: 'exhausted' }) : error);
  }
}

/** What is wrong with this file alone; undefined for what is about the bucket, or may pass. */
function faultOfFile(step: Step, thrown: unknown): SluiceError | undefined {
  if (thrown instanceof SourceFault) return thrown.cause;
  if (!SluiceError.is(thrown) || !['source-unreachable', 'integrity', 'conflict'].includes(thrown.code))
    return undefined;
  return isTransient(thrown) && step.record.failures + 1 < mostTries ? undefined : thrown;
}

async function bring(step: Step, { name }: BucketFile, bytes: OpenBytes): Promise<PutFile> {
  await startDeadline(step);
  const known = step.record.upload;
  const around = known?.into ?? (await lookAround(step, name, bytes));
  if ('size' in around) return { name, outcome: 'existing', size: around.size };
  const upload = known?.session === undefined ? await beginUpload(step, bytes, around) : known;
  if ('form' in upload) throw new Error('a bucket takes no form');
  if (!(await isThere(step, upload))) await send(step, upload, bytes);
  const { sha256 } = step.record.upload ?? {};
  const outcome = around.wasThere ? 'replaced' : 'created';
  const mark = await markOf(upload);
  return { name, outcome, size: upload.size, mark, ...(sha256 !== undefined && { sha256 }) };
}

/** The deadline runs from the first question to the bucket: one that never answers is given up as well. */
async function startDeadline(step: Step): Promise<void> {
  const { record, provider, now } = step;
  if (record.deadlineAt !== undefined) return;
  await step.save({ ...record, deadlineAt: now + (record.request?.deadlineMs ?? provider.deadlineMs) });
}

/**
 * What stands under the name already, and what is on its way there: before anything of ours is.
 * @returns the size of what stands there and is to be left as it is
 */
async function lookAround(step: Step, name: string, bytes: BytesState): Promise<{ size: number } | Into> {
  const bucket = bucketOf(step);
  const context = step.engine.stagingContext(step.signals.stop.signal);
  const there = await bucket.look(bucket.object(name), context);
  const { ifExists } = step.record.request ?? {};
  if (there !== undefined) {
    const isSame = there.size === bytes.size && there.mark === (await markOf(bytes));
    if (ifExists === 'skip' || (isSame && ifExists !== 'fail')) return { size: there.size };
    if (ifExists !== 'replace') throw taken(step, name, isSame);
  }
  const open: Into['open'] = [];
  for await (const { session } of bucket.openUploads(context, name)) open.push(session);
  return { name, wasThere: there !== undefined, open };
}

function taken(step: Step, name: string, isSame: boolean): SluiceError {
  const { place } = bucketOf(step);
  const ways = isSame ? 'was put there before' : 'is another file there';
  const message = `${place}${name} ${ways}; nothing was sent. ifExists "replace" overwrites it, "skip" imports what stands there`;
  return new SluiceError({ code: 'conflict', message, provider: step.provider.name });
}

async function send(step: Step, upload: UploadRecord, bytes: OpenBytes): Promise<void> {
  const session = partsOf(upload);
  const sent = await whileHeard(step, () => sendParts(step, session, bytes));
  assertSame(session, await bytes.look(), step.record);
  await complete(step, session, sent);
  await assertArrived(step, session);
}

/** The bucket is asked what it has: a wrong size there would be indexed as it is. */
async function assertArrived(step: Step, upload: UploadRecord): Promise<void> {
  const bucket = bucketOf(step);
  const there = await bucket.look(upload.uploaded ?? null, step.engine.stagingContext(step.signals.stop.signal));
  if (there?.size === upload.size) return;
  const has = there === undefined ? 'is not there' : `has ${there.size} bytes there`;
  if (there?.mark === (await markOf(upload))) {
    await bucket.remove(upload.uploaded ?? null, step.engine.patientStaging());
  }
  const message = `${bucket.place}${upload.into?.name} ${has}, and ${upload.size} bytes were sent`;
  throw new SluiceError({ code: 'integrity', message, provider: step.provider.name });
}
