import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The folder of the sample files, which is packed beside `dist`. */
const FOLDER = new URL('../../media/', import.meta.url);

const CONTENTS = [
  { name: 'sample.mp4', contentType: 'video/mp4', durationSeconds: 6 },
  { name: 'tall.mp4', contentType: 'video/mp4', durationSeconds: 4 },
  { name: 'tone.m4a', contentType: 'audio/mp4', durationSeconds: 5 },
];

/** A sample file, in memory: they are small. */
export interface SampleFile {
  name: string;
  contentType: string;
  durationSeconds: number;
  bytes: Buffer;
  /** Hex. */
  sha256: string;
}

/** Reads the sample media that come with the emulator. */
export function readSampleFiles(): Promise<SampleFile[]> {
  return Promise.all(
    CONTENTS.map(async (content) => {
      const bytes = await readFile(new URL(content.name, FOLDER));
      return { ...content, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
}
