import type { JsonValue } from '@sluice/core/adapter';
import * as z from 'zod';

const referenceSchema = z.strictObject({
  /** The path at the CDN, by which files are listed. */
  name: z.string(),
  /** The id that the add answered with; absent where a file that was there already is taken as it is. */
  file: z.string().exactOptional(),
});

/** A job at the Video CDN: the file that its add named, or the one that has the name already. */
export type Reference = z.output<typeof referenceSchema>;

export function readReference(ref: JsonValue): Reference {
  return referenceSchema.parse(ref);
}

const outcome = z.enum(['created', 'replaced', 'existing']);

const memoSchema = z.object({
  /** What was asked for: bytes, and lower-case hex. */
  size: z.int(),
  sha256: z.string().exactOptional(),
  /** What the add did, as far as it is known. */
  outcome: outcome.exactOptional(),
  /** The add came upon a file that had to stay (`no_replace`), and this is how its author wants that to be read. */
  keeps: z.enum(['skip', 'fail']).exactOptional(),
  /** When it was added, in epoch milliseconds. */
  at: z.number(),
});

/** What later looks must know of an add. */
export type Memo = z.output<typeof memoSchema>;

export function readMemo(memo: JsonValue | undefined): Memo {
  return memoSchema.parse(memo);
}

const seenSchema = z
  .object({
    id: z.string(),
    standing: z.enum(['queued', 'running', 'completed', 'failed']).exactOptional(),
    size: z.int().exactOptional(),
    sha256: z.string().exactOptional(),
  })
  .nullable();

/** What had the name before an add; null where nothing had. */
export type Seen = z.output<typeof seenSchema>;

/** Undefined where nobody looked. */
export function readSeen(before: JsonValue | undefined): Seen | undefined {
  return before === undefined ? undefined : seenSchema.parse(before);
}

const evidenceSchema = z.object({
  ok: z.boolean(),
  size: z.int().exactOptional(),
  sha256: z.string().exactOptional(),
  message: z.string().exactOptional(),
});

/** What a callback said: the only place where the provider tells what it measured. */
export type Evidence = z.output<typeof evidenceSchema>;

export function readEvidence(evidence: JsonValue | undefined): Evidence | undefined {
  return evidence === undefined ? undefined : evidenceSchema.parse(evidence);
}
