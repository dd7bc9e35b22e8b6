import { randomUUID } from 'node:crypto';
import { safeUrl } from '../log/redact.js';
import { strikeDownload } from '../media/source.js';
import type { DigestedObject } from '../object-store/kept-object.js';
import type { HeldFile } from './cdn-file.js';
import { type OpenLocation, openLocation } from './sources/open-location.js';
import { withoutCredentials } from './sources/source-url.js';
import { VIDEO_CDN_BUCKET, type VideoCdnState } from './state.js';

/** Pulls a file, holds it against what its add said, and tells its callback. Never rejects. */
export async function pullFile(state: VideoCdnState, file: HeldFile): Promise<void> {
  const { clock, closing } = state.rooms;
  const { shown, gone } = file;
  const signal = AbortSignal.any([closing, gone.signal]);
  shown.status = 'fetching';
  shown.startedAt = clock.now();
  state.ledger.pulling(state.queue.running);
  let failure: string | undefined;
  try {
    const kept = await fetched(state, file, signal);
    await clock.sleep(state.settings.pullMs, signal);
    failure = await take(state, file, kept);
  } catch (error) {
    failure = `could not fetch the source: ${withoutCredentials(reasonOf(error), file.location)}`;
  }
  // Replaced, deleted, or the emulator closes: nobody asks any more.
  if (signal.aborted) return;
  shown.completedAt = clock.now();
  shown.status = failure === undefined ? 'ready' : 'failed';
  if (failure !== undefined) shown.message = failure;
  if (file.callback !== undefined) state.callbacks.send(file);
}

async function fetched(state: VideoCdnState, file: HeldFile, signal: AbortSignal): Promise<DigestedObject> {
  const { rooms } = state;
  const path = safeUrl(file.location);
  const log = (status: number | null, note: string) =>
    rooms.log.add({ provider: 'video-cdn', method: 'GET', path, status, note: `${file.shown.id} ${note}` });
  try {
    await strikeDownload({ ...rooms, closing: signal }, file.location);
    const opened = await openLocation(state, file.location, signal);
    try {
      const { contentType = 'video/mp4' } = opened;
      const bytes = asFarAsItGoes(opened, signal);
      const kept = await rooms.objects.put({ bucket: VIDEO_CDN_BUCKET, key: randomUUID(), bytes, contentType });
      log(200, `fetched ${kept.size} bytes`);
      return kept;
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (!signal.aborted) log(null, `not fetched: ${withoutCredentials(reasonOf(error), file.location)}`);
    throw error;
  }
}

/** What broke off in the middle is a file of the wrong size: "the actual size of the file downloaded must match" (Import via API). */
async function* asFarAsItGoes({ bytes, answered }: OpenLocation, signal: AbortSignal): AsyncGenerator<Buffer> {
  let begun = answered === true;
  try {
    for await (const chunk of bytes) {
      begun = true;
      yield chunk;
    }
  } catch (error) {
    if (!begun || signal.aborted) throw error;
  }
}

/** @returns what is wrong with the bytes that were fetched: they are not kept then */
async function take({ rooms }: VideoCdnState, file: HeldFile, kept: DigestedObject): Promise<string | undefined> {
  const { shown } = file;
  const { size, sha256 } = kept;
  shown.measured = { size, sha256 };
  const failure = mismatchOf(shown, { size, sha256 });
  if (failure === undefined) file.objectKey = kept.key;
  else await rooms.objects.delete(VIDEO_CDN_BUCKET, kept.key);
  return failure;
}

/** "The actual size of the file downloaded must match"; the checksum "for additional verification" (Import via API). */
function mismatchOf(
  { size, chksum }: { size: number; chksum?: string },
  measured: { size: number; sha256: string },
): string | undefined {
  if (measured.size !== size) return `size mismatch: expected ${size}, got ${measured.size}`;
  if (chksum === undefined || chksum === measured.sha256) return undefined;
  return `chksum mismatch: expected ${chksum}, got ${measured.sha256}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'no answer';
}
