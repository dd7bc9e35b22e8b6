import * as z from 'zod';

/** What is known of a kept object. */
export const keptObjectSchema = z.object({
  key: z.string(),
  size: z.int().nonnegative(),
  /** Without quotes: the MD5 in hex, of an object that was put in parts the MD5 of their MD5s and their number. */
  etag: z.string(),
  /** Hex; missing of an object that was put in parts until somebody asks for it. */
  sha256: z.string().exactOptional(),
  contentType: z.string(),
  /** Headers that came with the object and go out with it: x-amz-meta-*, cache-control, checksums and the like. */
  headers: z.record(z.string(), z.string()),
  /** Real time, ms since the epoch. */
  modifiedAt: z.number(),
  /** The files that hold the bytes, in order: one, or one for each part. */
  segments: z.array(z.object({ file: z.string(), size: z.int().nonnegative() })),
});

/** What is known of a kept object. */
export type KeptObject = z.infer<typeof keptObjectSchema>;

/** An object of which the digest is known. */
export type DigestedObject = KeptObject & { sha256: string };

/** One of the files that hold an object's bytes. */
export type Segment = KeptObject['segments'][number];
