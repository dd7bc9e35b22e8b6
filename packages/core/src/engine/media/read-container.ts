import type { Input } from 'mediabunny';
import type { MediaInfo } from '../../model/adapter.js';
import type { OpenBytes } from '../../model/bytes.js';
import { SluiceError } from '../../model/error.js';

/** What was read of a container, or why nothing was. */
export type ReadContainer = { media: MediaInfo } | { unread: string };

type Mediabunny = typeof import('mediabunny');

/** No index of a file that plays is larger; a broken or hostile one must not have all of it read. Bytes. */
const mostBytesRead = 64 * 1024 * 1024;

/** Reads what the container of a file says. Of the file only its index is read. A file that is no media is no error. */
export async function readContainer(bytes: OpenBytes): Promise<ReadContainer> {
  // Loaded when it is needed for the first time; an application without it pays nothing.
  const mediabunny = await import('mediabunny').catch(() => undefined);
  if (mediabunny === undefined) return { unread: 'for that, npm install mediabunny' };
  const input = open(mediabunny, bytes);
  const speakAgain = quieten(mediabunny);
  try {
    return { media: await describe(input) };
  } catch (error) {
    return { unread: `it cannot be read: ${whyNot(error)}` };
  } finally {
    input.dispose();
    speakAgain();
  }
}

class Unreadable extends Error {}

/** What the library says of a file that is none is for its authors: "Assertion failed." */
function whyNot(error: unknown): string {
  if (error instanceof Unreadable || SluiceError.is(error)) return error.message;
  return 'its format is none that is known, or it is damaged';
}

let readers = 0;
let usualLevel = 0;

/** What it finds odd in a file it writes to the console, which is not ours to write to: silent as long as anything is read here. */
function quieten({ Logging, LogLevel }: Mediabunny): () => void {
  if (readers === 0) usualLevel = Logging.level;
  readers += 1;
  Logging.level = LogLevel.Silent;
  return () => {
    readers -= 1;
    if (readers === 0) Logging.level = usualLevel;
  };
}

function open({ Input, CustomSource, ...formats }: Mediabunny, bytes: OpenBytes): Input {
  const { MP4, QTFF, MATROSKA, WEBM, MP3, WAVE, OGG, FLAC, ADTS, MPEG_TS } = formats;
  let budget = mostBytesRead;
  const source = new CustomSource({
    getSize: () => bytes.size,
    read: async (start, end) => {
      budget -= end - start;
      if (budget < 0) throw new Unreadable(`more than ${mostBytesRead} bytes would have to be read`);
      return readFully(bytes, start, end);
    },
    handleUnhandledError: () => undefined,
  });
  // Files that are whole in themselves: a playlist would have other files fetched.
  return new Input({ source, formats: [MP4, QTFF, MATROSKA, WEBM, MP3, WAVE, OGG, FLAC, ADTS, MPEG_TS] });
}

async function readFully(bytes: OpenBytes, start: number, end: number): Promise<Uint8Array> {
  const target = new Uint8Array(end - start);
  for (let filled = 0; filled < target.byteLength; ) {
    const count = await bytes.read(target.subarray(filled), start + filled);
    if (count === 0) throw new Unreadable('it ends too early');
    filled += count;
  }
  return target;
}

async function describe(input: Input): Promise<MediaInfo> {
  const [mimeType] = (await input.getMimeType()).split(';');
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  if (video === null && audio === null) throw new Unreadable('it has no track');
  const duration = (await input.getDurationFromMetadata()) ?? (await input.computeDuration());
  const videoCodec = await video?.getCodec();
  const audioCodec = await audio?.getCodec();
  return {
    ...(Number.isFinite(duration) && duration > 0 && { durationSeconds: Math.round(duration * 1_000) / 1_000 }),
    ...(video !== null && { width: await video.getDisplayWidth(), height: await video.getDisplayHeight() }),
    ...(typeof videoCodec === 'string' && { videoCodec }),
    ...(typeof audioCodec === 'string' && { audioCodec }),
    ...(mimeType !== undefined && { mimeType }),
  };
}
