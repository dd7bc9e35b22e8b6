import {
  ADTS,
  CustomSource,
  FilePathSource,
  FLAC,
  Input,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';

/** What a file says of itself. Everything is missing of a file that is no media. */
export interface MediaFacts {
  durationSeconds?: number;
  /** Pixels, as displayed; missing of sound alone. */
  width?: number;
  height?: number;
  title?: string;
  /** Without a dot, such as `mp4`. */
  extension?: string;
}

/** Files that are whole in themselves: playlists, which name other files, are not among them. */
const FORMATS = [MP4, QTFF, MATROSKA, WEBM, MP3, WAVE, OGG, FLAC, ADTS, MPEG_TS];

const EXTENSIONS: Record<string, string> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/webm': 'webm',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'application/ogg': 'ogg',
  'audio/flac': 'flac',
  'audio/aac': 'aac',
  'video/MP2T': 'ts',
};

/** Bytes that can be read anywhere: from `start` up to `end`, which is not included. */
export interface ReadableAnywhere {
  size: number;
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Reads a media file's duration, title and kind from the file itself. */
export function probeMediaFile(path: string): Promise<MediaFacts> {
  return probe(new Input({ source: new FilePathSource(path), formats: FORMATS }));
}

/** The same for bytes that lie elsewhere. */
export function probeMedia({ size, read }: ReadableAnywhere): Promise<MediaFacts> {
  return probe(new Input({ source: new CustomSource({ getSize: () => size, read }), formats: FORMATS }));
}

/** The same for MP4 and QuickTime that lie elsewhere; of their bytes only what is needed is read. */
export function probeVideo({ size, read }: ReadableAnywhere): Promise<MediaFacts> {
  return probe(new Input({ source: new CustomSource({ getSize: () => size, read }), formats: [MP4, QTFF] }));
}

async function probe(input: Input): Promise<MediaFacts> {
  try {
    const { mimeType } = await input.getFormat();
    const { title } = await input.getMetadataTags();
    const durationSeconds = await input.computeDuration();
    const extension = EXTENSIONS[mimeType];
    const video = await input.getPrimaryVideoTrack();
    return {
      durationSeconds: Math.round(durationSeconds * 1000) / 1000,
      ...(video && { width: await video.getDisplayWidth(), height: await video.getDisplayHeight() }),
      ...(title === undefined ? {} : { title }),
      ...(extension === undefined ? {} : { extension }),
    };
  } catch {
    return {};
  } finally {
    input.dispose();
  }
}
