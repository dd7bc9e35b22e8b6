import type { JsonValue } from '@sluice/core/adapter';
import * as z from 'zod';

/** The references that this adapter leaves in records: ids of Firework, and nothing else. */

const referenceSchema = z.union([z.object({ import: z.string() }), z.object({ video: z.string() })]);

/** A job at Firework: an import by URL, or a video that is there. */
export type Reference = z.output<typeof referenceSchema>;

export function readReference(ref: JsonValue): Reference {
  return referenceSchema.parse(ref);
}

const uploadedSchema = z.object({ s3_key: z.string() });

/** What an upload leaves behind: where it lies in Firework's object store. */
export function readUploaded(uploaded: JsonValue): z.output<typeof uploadedSchema> {
  return uploadedSchema.parse(uploaded);
}

const sessionSchema = z.object({ key: z.string(), upload_id: z.string() });

/** An upload in parts that was begun. */
export function readSession(session: JsonValue): z.output<typeof sessionSchema> {
  return sessionSchema.parse(session);
}
