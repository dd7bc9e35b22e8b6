import { type HttpAnswer, type JsonValue, SluiceError } from '@sluice/core/adapter';
import * as z from 'zod';

/** A field that decorates a result: one that cannot be read is left out, since the file is there all the same. */
const text = z.string().nullish().catch(undefined);
const amount = z.number().nonnegative().nullish().catch(undefined);
const bytes = z.int().nonnegative().nullish().catch(undefined);

const verdictSchema = z.object({
  success: z.boolean().nullish(),
  error: text,
  message: text,
  data: z.object({ status: text }).nullish().catch(undefined),
});

/** The page shows texts. An import that was taken must not be lost for an id that is written as a number. */
const id = z
  .union([z.string().min(1), z.int()])
  .transform(String)
  .nullish();

/** The page's examples say `jobId`, its prose says `id`. */
export const idShape = { jobId: id, id };

/** The answer to a start, of an import or of a metadata request. */
const acceptedSchema = z
  .object({ ...idShape, status: z.string().nullish(), message: text })
  .transform(({ jobId, id, ...rest }, context) => {
    const found = jobId ?? id;
    if (found != null) return { ...rest, id: found };
    context.addIssue({ code: 'custom', path: ['jobId'], message: 'neither jobId nor id is there' });
    return z.NEVER;
  });

const resultShape = {
  mediaUrl: text,
  title: text,
  /** Seconds. */
  duration: amount,
  creditsUsed: amount,
  costInDollars: amount,
  fileSizeBytes: bytes,
  s3Storage: z.object({ url: text, bucket: text, key: text }).nullish().catch(undefined),
};

/** The answer about an import: the result under `result` as on the import page, or flat as on the S3 page. */
const importSchema = z.object({
  status: z.string(),
  message: text,
  completedAt: text,
  ...resultShape,
  result: z.object({ ...resultShape, message: text }).nullish(),
});

const metadataShape = { title: text, duration: amount, thumbnail: text, fileSizeBytes: bytes };

/** The answer about a metadata request, nested or flat. */
const metadataSchema = z.object({
  status: z.string().nullish(),
  message: text,
  ...metadataShape,
  result: z.object(metadataShape).nullish(),
});

/** The page has everything under `data`; an answer without it is read as if it were what stands there. */
function answerSchema<Schema extends z.ZodType>(data: Schema) {
  return z.preprocess(
    (answer) => (typeof answer === 'object' && answer !== null && !('data' in answer) ? { data: answer } : answer),
    z.object({ data }),
  );
}

/** Made once: a schema is compiled when it is first used. */
const acceptedAnswerSchema = answerSchema(acceptedSchema);
const importAnswerSchema = answerSchema(importSchema);
const metadataAnswerSchema = answerSchema(metadataSchema);
/** Whatever it is: an answer that was read is JSON all through. */
const rawAnswerSchema = answerSchema(z.custom<JsonValue>());

export type Accepted = z.output<typeof acceptedSchema>;
export type ImportState = z.output<typeof importSchema>;
export type MetadataState = z.output<typeof metadataSchema>;

export function readAccepted(answer: HttpAnswer): Accepted {
  assertTaken(answer);
  return answer.parse(acceptedAnswerSchema).data;
}

export function readImport(answer: HttpAnswer): ImportState {
  assertToldOf(answer);
  return answer.parse(importAnswerSchema).data;
}

export function readMetadata(answer: HttpAnswer): MetadataState {
  assertToldOf(answer);
  return answer.parse(metadataAnswerSchema).data;
}

/** The `data` of an answer as it came, for whoever needs what the schemas leave out. */
export function readRaw(answer: HttpAnswer): JsonValue {
  return answer.parse(rawAnswerSchema).data;
}

/** A job that failed is told with `success: true`; one that is told with `false` all the same is told. @throws SluiceError `protocol` */
function assertToldOf(answer: HttpAnswer): void {
  if (answer.parse(verdictSchema).data?.status == null) assertTaken(answer);
}

/** @throws SluiceError `protocol` for a refusal that came with a 2xx status */
function assertTaken(answer: HttpAnswer): void {
  const verdict = answer.parse(verdictSchema);
  if (verdict.success !== false) return;
  const why = verdict.error ?? verdict.message ?? 'no reason given';
  throw new SluiceError({ code: 'protocol', message: `Importly refused: ${why}`, status: answer.status });
}
