import type { Problem } from '../../model/adapter.js';
import type { OpenBytes } from '../../model/bytes.js';
import { SluiceError } from '../../model/error.js';
import type { JobRecord, Warning } from '../../model/record.js';
import { redactText } from '../../model/redact.js';
import { isByteInput } from '../../model/source.js';
import { jobSecrets } from '../../store/secrets.js';
import { abortError } from '../../wire/clock.js';
import type { Engine } from '../engine.js';
import { errorOf, type Intake, judge } from '../intake.js';
import type { Provider } from '../providers.js';
import type { Step } from '../step.js';
import { warned } from '../transitions.js';
import { type ReadContainer, readContainer } from './read-container.js';

const warningCode = 'media-unread';

/**
 * The intake with what the container of its source says, where the adapter's rules are about it and the source can be opened here
 * without being used up: before the job is created, and long before a byte moves.
 * @param input the request as it was handed over: it may hold bytes that only this process can open
 */
export async function lookIntoSource(engine: Engine, intake: Intake, input: unknown): Promise<Intake> {
  const { provider, record } = intake;
  if (!readsMedia(provider)) return intake;
  const bytes = await openSource(engine, record, input);
  if (bytes === undefined) return intake;
  const read = 'unread' in bytes ? bytes : await readAndClose(bytes);
  if ('media' in read) return judge(engine, { ...intake, record: { ...record, measured: { media: read.media } } });
  // The application's own bytes may say anything when they fail, and this is saved before any step of the job.
  const message = redactText(unreadMessage(record, provider, read), jobSecrets(provider, record));
  const problem: Problem = { severity: 'warning', field: 'source', message };
  const noted = warned(record, [{ code: warningCode, message }]);
  return { ...intake, problems: [...intake.problems, problem], record: noted };
}

async function readAndClose(bytes: OpenBytes): Promise<ReadContainer> {
  try {
    return await readContainer(bytes);
  } finally {
    await bytes.close();
  }
}

/** The same when the bytes are about to move, for sources that could not be opened before. @throws SluiceError for a rule that is broken */
export async function lookIntoBytes(step: Step, bytes: OpenBytes): Promise<void> {
  const { record, provider, engine } = step;
  const known = record.measured?.media !== undefined || record.warnings.some(({ code }) => code === warningCode);
  if (!readsMedia(provider) || known || record.upload !== undefined) return;
  const read = bytes.seekable ? await readContainer(bytes) : onlyOnce;
  const { stop } = step.signals;
  // What could not be read for that is read by the next step.
  if (stop.aborted) throw abortError(stop);
  if ('unread' in read) {
    const warning: Warning = { code: warningCode, message: unreadMessage(record, provider, read) };
    await step.save(warned(record, [warning]));
    return;
  }
  await step.save({ ...record, measured: { ...record.measured, media: read.media } });
  const { request } = step.record;
  if (request === undefined) return;
  const error = errorOf(judge(engine, { provider, request, record: step.record }));
  if (error !== undefined) throw error;
}

function readsMedia({ adapter }: Provider): boolean {
  return adapter.capabilities.reads?.includes('media') === true;
}

const onlyOnce = { unread: 'a stream can be read only once' };

/** Undefined where the time to look is later, or where it is not there: that is for the transfer to say. */
async function openSource(
  engine: Engine,
  { request }: JobRecord,
  input: unknown,
): Promise<OpenBytes | { unread: string } | undefined> {
  const source = request?.source;
  const given = typeof input === 'object' && input !== null && 'source' in input ? input.source : undefined;
  if (source?.kind === 'bytes' && isByteInput(given)) {
    if (given.seekable === false) return onlyOnce;
    return given.seekable === true ? ignoreMissing(given.open()) : undefined;
  }
  return source?.kind === 'file' ? ignoreMissing(engine.bytePlane.openSource(source)) : undefined;
}

function ignoreMissing(opening: Promise<OpenBytes>): Promise<OpenBytes | undefined> {
  return opening.catch((error: unknown) => {
    if (SluiceError.is(error)) return undefined;
    throw error;
  });
}

function unreadMessage(
  { display }: JobRecord,
  { name }: Provider,
  { unread }: Extract<ReadContainer, { unread: string }>,
) {
  return `${name} has rules about what ${display.source} contains, and nobody looked whether it keeps to them: ${unread}`;
}
