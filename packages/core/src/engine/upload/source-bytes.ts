import type { ByteInput, BytesState, OpenBytes } from '../../model/bytes.js';
import { SluiceError, toSluiceError } from '../../model/error.js';
import { saidBy } from '../../model/issues.js';
import type { JobRecord } from '../../model/record.js';
import { displaySource, type Source } from '../../model/source.js';
import { sourceChanged } from '../../model/source-changed.js';
import type { StopSignal } from '../../wire/stop.js';
import { untilStopped } from '../../wire/until-stopped.js';
import type { Engine } from '../engine.js';
import { nextFile } from '../put/files.js';
import type { Step } from '../step.js';

/** No socket is involved: what is slow is the source, which has a patience of its own. Milliseconds. */
const readIdleMs = 600_000;

/** The bytes that only this process can open, by the id of their job. */
export type ByteInputs = Map<string, ByteInput>;

/**
 * Opens a job's source, and makes sure that it still is what the upload was begun with.
 * @throws SluiceError `source-unreachable` when it is gone, `integrity` when it changed
 */
export async function openJobSource(step: Step): Promise<OpenBytes> {
  const { record } = step;
  const { source, shown } = subjectOf(record);
  const bytes = readable(await openSource(step, source), shown);
  try {
    const begun =
      record.upload ?? (source.kind === 'file' ? { size: source.size, fingerprint: bytes.fingerprint } : bytes);
    assertSame(begun, bytes, record);
    assertSize(record, bytes.size);
    return stoppable(bytes, step.signals.stop);
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

/** A stream may give nothing for ever, and a connection that is cut may say that its file is gone: neither holds up a step that is stopped, or speaks for it. */
function stoppable(bytes: OpenBytes, stop: StopSignal): OpenBytes {
  return through(bytes, (asked) => untilStopped(stop, asked));
}

/** The same bytes; what is asked of them goes through `around`. */
function through(bytes: OpenBytes, around: <T>(asked: Promise<T>) => Promise<T>): OpenBytes {
  const { size, fingerprint, seekable, far = false } = bytes;
  return {
    ...{ size, fingerprint, seekable, far },
    read: (target, position) => around(bytes.read(target, position)),
    look: () => around(bytes.look()),
    close: () => bytes.close(),
  };
}

/** What is opened: the job's source, or of the files that go into a bucket the one whose turn it is. */
function subjectOf(record: JobRecord): { source: Source; shown: string } {
  const file = record.route === 'put' ? nextFile(record) : undefined;
  if (file !== undefined) return { source: file.source, shown: displaySource(file.source) };
  const source = record.request?.source;
  if (source === undefined) throw new Error(`job ${record.id} has no source any more`);
  return { source, shown: record.display.source };
}

/** The same bytes, of which an error of reading says whose it is: a disk or a stream says only what went wrong. */
function readable(bytes: OpenBytes, shown: string): OpenBytes {
  return through(bytes, (asked) =>
    asked.catch((cause: unknown): never => {
      if (SluiceError.is(cause)) throw cause;
      const message = `${shown} cannot be read to its end (${saidBy(cause)}); nothing was created`;
      throw new SluiceError({ code: 'source-unreachable', retry: 'later', message, cause });
    }),
  );
}

function openSource({ engine, record, signals }: Step, source: Source): Promise<OpenBytes> {
  if (source.kind === 'bytes') return openInput(engine, record);
  if (source.kind !== 'url') return engine.bytePlane.openSource(source);
  return engine.sources.open(source.url, { signal: signals.stop.signal, expectedSize: record.request?.expect?.size });
}

/** The sha-256 of all bytes, read in order; undefined where the platform cannot take it. */
export async function digestOf(
  { engine, signals }: Step,
  bytes: OpenBytes,
  moved: (bytes: number) => void = () => undefined,
): Promise<string | undefined> {
  const { sha256 } = await engine.bytePlane.sendParts({
    bytes,
    partSize: Math.max(1, bytes.size),
    missing: [],
    inFlight: 1,
    digest: true,
    idleTimeoutMs: readIdleMs,
    signal: signals.stop.signal,
    moved,
    place: () => Promise.reject(new Error('no part is sent')),
    arrived: async () => undefined,
    failed: async () => undefined,
  });
  return sha256;
}

function assertSize(record: JobRecord, size: number): void {
  const expected = record.request?.expect?.size;
  if (expected === undefined || expected === size) return;
  const message = `${record.display.source} has ${size} bytes, expected ${expected}; nothing was sent`;
  throw new SluiceError({ code: 'integrity', message, provider: record.provider });
}

/** @throws SluiceError `integrity` when the source is not what it was */
export function assertSame(before: BytesState, now: BytesState, record: JobRecord): void {
  const { shown } = subjectOf(record);
  if (before.size !== now.size) {
    throw changed(
      `${shown} had ${before.size} bytes and now has ${now.size}: it changed while it was uploaded`,
      record,
    );
  }
  if (before.fingerprint !== now.fingerprint) throw changed(`${shown} was changed while it was uploaded`, record);
}

/** A file is asked for with its size and time: as it is now it is another source, and another attempt at this one would not help. */
function changed(what: string, record: JobRecord): SluiceError {
  const { provider } = record;
  if (subjectOf(record).source.kind === 'url') return new SluiceError({ ...sourceChanged(what).toJSON(), provider });
  const message = `${what}. Nothing was created. Import it again once it stays as it is`;
  return new SluiceError({ code: 'integrity', message, provider });
}

async function openInput(engine: Engine, record: JobRecord): Promise<OpenBytes> {
  const input = engine.byteInputs.get(record.id);
  if (input === undefined) throw bytesElsewhere(record);
  return input.open().catch((thrown: unknown) => {
    const error = toSluiceError(thrown, 'source-unreachable');
    const before = record.waitingFor?.error;
    if (before === undefined) throw error;
    // A stream is there once: why that was not enough is what somebody wants to know.
    throw new SluiceError({
      ...error.toJSON(),
      message: `${error.message} (it was to be sent again: ${before.message})`,
    });
  });
}

/** True for a job whose bytes this process does not have, and cannot open either. */
export function areBytesElsewhere({ byteInputs }: Engine, { id, request }: JobRecord): boolean {
  return request?.source.kind === 'bytes' && !byteInputs.has(id);
}

/** What to do about such a job, in case the process that has the bytes is gone. */
export function bytesElsewhere({ key, display, provider }: JobRecord): SluiceError {
  const wayOut =
    key === undefined
      ? 'cancel it and import it again'
      : `import it again with the key "${key}" and the upload goes on`;
  return new SluiceError({
    code: 'source-unreachable',
    message: `${display.source} can only be read by the process that has it; if that is gone, ${wayOut}`,
    provider,
  });
}
