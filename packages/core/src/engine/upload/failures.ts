import { SluiceError } from '../../model/error.js';
import type { SendFailure } from '../../platform/byte-plane.js';
import { connectionError } from '../../wire/failure.js';
import { readRate } from '../../wire/rate.js';
import { longestRetryMs, retryAt } from '../due.js';
import type { Step } from '../step.js';

/** A part that failed so often in a row ends this attempt at the upload. */
const mostAttempts = 6;

/** The upload cannot go on: its signatures are no longer taken and cannot be had anew, or the provider does not know it any more. */
export class UploadGone extends Error {}

/** The provider's signature is no longer taken, and it cannot be had anew. */
export class SignatureGone extends UploadGone {
  /** @param failure where the object store refused it: what it said may tell more, such as that the clock here is wrong */
  constructor(failure?: SendFailure) {
    const said = failure === undefined ? '' : ` (${saidByStore(failure)})`;
    super(`the signatures of the upload were no longer taken${said} and cannot be renewed`);
  }
}

/** A call about a session: a provider that does not know it has ended it. */
export async function inSession<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!SluiceError.is(error) || error.code !== 'not-found') throw error;
    throw new UploadGone(`the provider ended the upload (${error.message})`);
  }
}

/** Waits as long as a failed part should, or throws when it must not be sent again, or only so late that the whole job is put off till then. */
export async function awaitRetry(step: Step, failure: SendFailure & { attempt: number }): Promise<void> {
  const error = sendError(step, failure);
  const { retry, retryAfterMs } = error;
  if (retry !== 'later' || failure.attempt >= mostAttempts || (retryAfterMs ?? 0) > longestRetryMs) throw error;
  const waitMs = retryAt(step.now, failure.attempt, retryAfterMs) - step.now;
  step.engine.log?.({
    level: 'info',
    message: step.redact(`job ${step.record.id}: ${error.message}; the part is sent again`),
  });
  await step.engine.clock.sleep(waitMs, step.signals.stop.signal);
}

/** True for an answer that says that the signature is wrong or expired. */
export function isSignatureRefused(failure: SendFailure): boolean {
  if (failure.kind !== 'refused') return false;
  // S3 answers 403 to an expired signature, and some of its kin 400 or 401 with the word in the body.
  return failure.status === 403 || /ExpiredToken|Request has expired|AccessDenied/.test(failure.body ?? '');
}

/** True for an answer that says that there is no such upload any more: it was ended, or cleared away (S3's list of error codes, "NoSuchUpload"). */
export function isUploadUnknown({ kind, body = '' }: SendFailure): boolean {
  return kind === 'refused' && tagged('Code', body) === 'NoSuchUpload';
}

/** What a failed attempt means, in words that hold no URL. */
export function sendError(step: Step, failure: SendFailure): SluiceError {
  const provider = step.provider.name;
  const cause = { provider, cause: failure.cause };
  if (failure.kind === 'stalled')
    return new SluiceError({ ...cause, code: 'timeout', message: `${provider}: no byte moved for too long` });
  if (failure.kind === 'broken') {
    const scope = { provider: `${provider}, its object store`, effect: 'repeatable', secrets: [] } as const;
    return new SluiceError({ ...connectionError(failure.cause, scope).toJSON(), ...cause });
  }
  if (failure.kind === 'mismatch') {
    return new SluiceError({
      ...cause,
      // Sent again with patience for a line that damages a part, and not for a store whose ETags are no MD5.
      code: 'integrity',
      retry: 'later',
      message: `${provider}: a part arrived damaged (its ETag is not its MD5). Where the store encrypts, its ETags may be no MD5: then leave network.comparePartMd5 off`,
    });
  }
  if (failure.kind === 'untagged') {
    const message = `${provider}: the object store answered a part with HTTP ${failure.status} and without an ETag: nothing says that it arrived`;
    // Sent again with patience for an answer that went astray, and not for a store that gives none.
    return new SluiceError({ ...cause, code: 'protocol', retry: 'later', message });
  }
  const { status = 0, header = () => undefined } = failure;
  const message = step.redact(`${provider}: the object store refused the bytes (${saidByStore(failure)})`);
  if (!isPassing(failure)) return new SluiceError({ ...cause, code: 'invalid-request', status, message });
  const { retryAfterMs } = readRate(header, step.now);
  const told = retryAfterMs !== undefined && { retryAfterMs };
  return new SluiceError({ ...cause, code: 'unavailable', status, message, ...told });
}

/** S3 answers 400 where 408 is meant: it waited too long for the next byte (its list of error codes, "RequestTimeout"). */
function isPassing({ status = 0, body = '' }: SendFailure): boolean {
  return (
    status === 408 || status === 429 || status >= 500 || (status === 400 && tagged('Code', body) === 'RequestTimeout')
  );
}

/** The status, and what the body says in the words of S3. May hold a URL. */
function saidByStore({ status = 0, body = '' }: SendFailure): string {
  const said = [tagged('Code', body), tagged('Message', body)].filter((text) => text !== undefined);
  return said.length === 0 ? `HTTP ${status}` : `HTTP ${status}, ${said.join(': ')}`;
}

function tagged(name: 'Code' | 'Message', body: string): string | undefined {
  return new RegExp(`<${name}>([^<]{1,200})</${name}>`).exec(body)?.[1];
}
