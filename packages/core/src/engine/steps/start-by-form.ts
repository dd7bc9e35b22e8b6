import type { Started } from '../../model/adapter.js';
import type { OpenBytes } from '../../model/bytes.js';
import type { FormUpload } from '../../model/upload.js';
import { SendError, type SendFailure } from '../../platform/byte-plane.js';
import { answerOf, parseJson } from '../../wire/answer.js';
import { connectionError, refusalError, timeoutError } from '../../wire/failure.js';
import { readRate } from '../../wire/rate.js';
import type { Advanced } from '../advance.js';
import type { Step } from '../step.js';
import { assertExpected } from '../upload/expected.js';
import { TransferProgress } from '../upload/progress.js';
import { assertSame } from '../upload/source-bytes.js';
import { begun, startFailed } from './outcome.js';
import { askBefore, hasQuestions } from './ready.js';
import { admit } from './start.js';

/** The provider may take its time over a file that it has whole, in milliseconds. */
const idleTimeoutMs = 600_000;

/** What is sent, and whom to tell when the limits let it in. */
interface FormStart {
  bytes: OpenBytes;
  form: FormUpload;
  onAdmitted: () => void;
}

/** The upload is itself the start: it counts, so the intent is saved before it, and it is never silently sent twice. */
export async function startByForm(step: Step, start: FormStart): Promise<Advanced> {
  const asked = hasQuestions(step) ? await askBefore(step, step.record) : { record: step.record };
  if ('advanced' in asked) return asked.advanced;
  const { record, before } = asked;
  const full = await admit(step, record, { onAdmitted: start.onAdmitted, before });
  if (full !== undefined) return full;
  let started: Started;
  try {
    started = await send(step, start);
  } catch (thrown) {
    return startFailed(step, thrown instanceof SendError ? callError(step, thrown.failure) : thrown);
  }
  return begun(step, started);
}

/** A 401 surely did nothing: the form is sent once more under a new authorization, as a call would be. */
async function send(step: Step, start: FormStart): Promise<Started> {
  if (start.form.authorized !== true) return sendOnce(step, start, {});
  const authorization = await step.authorization();
  try {
    return await sendOnce(step, start, authorization);
  } catch (error) {
    if (!(error instanceof SendError) || error.failure.status !== 401) throw error;
    return sendOnce(step, start, await step.authorization(authorization));
  }
}

async function sendOnce(
  step: Step,
  { bytes, form }: FormStart,
  authorization: Record<string, string>,
): Promise<Started> {
  const { upload, wire } = step.provider.members;
  const headers = { ...(form.authorized === true && wire.headers), ...authorization, ...form.headers };
  const progress = new TransferProgress(step, { done: 0, total: bytes.size });
  step.assertHeld();
  const sent = await step.engine.bytePlane.sendForm({
    bytes,
    form: { ...form, headers },
    digest: true,
    idleTimeoutMs,
    signal: step.signals.stopEffects.signal,
    moved: progress.moved,
    // Once it is whole it is too late.
    beforeEnd: async (digest) => {
      assertSame(bytes, await bytes.look(), step.record);
      assertExpected(step.record, digest);
    },
  });
  const { sha256 } = sent;
  const measured = { ...step.record.measured, size: bytes.size, ...(sha256 !== undefined && { sha256 }) };
  step.record = { ...step.record, measured };
  if (upload?.answered === undefined) throw new TypeError('it does not read the answer to its form');
  const answer = { status: sent.status, header: sent.header, text: sent.body };
  return upload.answered(answerOf(answer, step.scope('once')), step.context('starts'), step.request());
}

/** What a form that was not taken means, in the words of a call. One that never became whole surely did nothing. */
function callError(step: Step, failure: SendFailure) {
  const scope = step.scope(failure.unfinished === true ? 'repeatable' : 'once');
  if (failure.kind === 'stalled') return timeoutError(idleTimeoutMs, scope);
  if (failure.kind !== 'refused') return connectionError(failure.cause, scope);
  const header = failure.header ?? (() => undefined);
  const { status = 0, body: text = '' } = failure;
  const refusal = { status, header, json: parseJson(text), text };
  const details = step.provider.members.wire.readError?.(refusal) ?? {};
  return refusalError(refusal, { ...scope, details, rate: readRate(header, step.now) });
}
