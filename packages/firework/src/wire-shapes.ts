import { type HttpAnswer, type JsonValue, SluiceError } from '@sluice/core/adapter';
import * as z from 'zod';

const id = z.string().min(1);
/** Fields that decorate an answer: one that cannot be read is left out. */
const text = z.string().nullish().catch(undefined);
const flag = z.boolean().nullish().catch(undefined);
const texts = z.array(z.string()).nullish().catch(undefined);

const externalMediaSchema = z.object({ source: text, url: text, username: text, navigation_enabled: flag });

const posterSchema = z.object({
  url: z.string(),
  aspect_ratio: text,
  format: text,
  width: z.number().nullish().catch(undefined),
  height: z.number().nullish().catch(undefined),
});

const videoSchema = z.object({
  id,
  caption: text,
  description: text,
  /** `public`, `private` or `unlisted`. */
  access: text,
  /** ISO 8601. */
  archived_at: text,
  audio_disabled: flag,
  hashtags: texts,
  /** Firework's own ids. */
  product_ids: texts,
  custom_fields: z.record(z.string(), z.json()).nullish().catch(undefined),
  display_social_attributions: flag,
  external_media: externalMediaSchema.nullish().catch(undefined),
  /** A picture of 540x960; only `video(id)` has it. */
  thumbnail_url: text,
  /** Only `video(id)` has them. */
  video_posters: z.array(posterSchema).nullish().catch(undefined),
});

/** A video as Firework tells of it (Videos page, 6.8.1, 7.4 and 8.3). */
export type FireworkVideo = z.output<typeof videoSchema>;

const importSchema = z.object({ id, status: z.string().min(1), video_id: id.nullish() });

/** An import by URL as Firework tells of it (Videos page, 6.8.2 and 9.3). */
export type ImportState = z.output<typeof importSchema>;

const storeUrl = z.url({ protocol: /^https?$/ });

/** Videos page, 4.4. */
const signatureSchema = z.object({
  key: id,
  post_url: storeUrl,
  policy: id,
  signature: id,
  date: id,
  credential: id,
  algorithm: id,
  acl: id,
});

/** Videos page, 5.1.3. */
const multipartSchema = z.object({
  key: id,
  upload_id: id,
  parts: z.array(z.object({ part: z.int().min(1), signature: z.object({ put_url: storeUrl }) })),
});

export function readVideo(answer: HttpAnswer): FireworkVideo {
  return answer.parse(videoSchema);
}

export function readImport(answer: HttpAnswer): ImportState {
  return answer.parse(importSchema);
}

export function readSignature(answer: HttpAnswer): z.output<typeof signatureSchema> {
  return answer.parse(signatureSchema);
}

/** @throws SluiceError `protocol` where other parts were signed than the `count` that were asked for */
export function readMultipart(answer: HttpAnswer, count: number): z.output<typeof multipartSchema> {
  const { parts, ...rest } = answer.parse(multipartSchema);
  const ordered = parts.sort((a, b) => a.part - b.part);
  if (ordered.length === count && ordered.every(({ part }, index) => part === index + 1)) {
    return { ...rest, parts: ordered };
  }
  const message = `Firework was asked to sign ${count} parts and signed ${parts.map(({ part }) => part).join(', ') || 'none'}`;
  throw new SluiceError({ code: 'protocol', message, status: answer.status });
}

/** Whatever it is: an answer that was read is JSON all through. */
const rawSchema = z.custom<JsonValue>();

/** An answer as it came, for whoever needs what the schemas leave out. */
export function readRaw(answer: HttpAnswer): JsonValue {
  return answer.parse(rawSchema);
}
