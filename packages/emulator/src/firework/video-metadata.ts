import { extname } from 'node:path';
import * as z from 'zod';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { refusal } from './answers.js';

/** The External Media Schema (page, 6.7). */
const externalMediaSchema = z.strictObject({
  source: z.string().min(1),
  url: z.url({ protocol: /^https?$/ }),
  username: z.string().min(1),
  navigation_enabled: z.boolean().default(true),
});

/** Where a video came from. */
export type ExternalMedia = z.infer<typeof externalMediaSchema>;

const posterUrlSchema = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.canParse(text) && /^\.(?:jpg|png)$/i.test(extname(new URL(text).pathname)), {
    error: 'must be a URL that ends with .jpg or .png',
  });

/** The fields that a create and an update have in common (page, 6.4 and 7.3). */
const metadataFields = {
  description: z.string().nullable().exactOptional(),
  access: z.enum(['public', 'private']).exactOptional(),
  archived_at: z.iso.datetime({ offset: true }).nullable().exactOptional(),
  audio_disabled: z.boolean().exactOptional(),
  hashtags: z.array(z.string()).exactOptional(),
  business_store_id: z.string().exactOptional(),
  product_ids: z.array(z.string()).exactOptional(),
  custom_fields: z.record(z.string().regex(/^[a-z0-9_]{1,255}$/), z.string().max(1024)).exactOptional(),
  display_social_attributions: z.boolean().exactOptional(),
  external_media: externalMediaSchema.nullable().exactOptional(),
  poster_url: z.union([posterUrlSchema, z.literal(''), z.null()]).exactOptional(),
  video_hidden: z.boolean().exactOptional(),
};

/** What an update may say. */
const patchSchema = z.strictObject({ caption: z.string().min(1).exactOptional(), ...metadataFields });

/** What an update says. */
export type VideoPatch = z.infer<typeof patchSchema>;

const metadataSchema = z.strictObject({ channel_id: z.string(), caption: z.string().min(1), ...metadataFields });

/** What a create says of its video. */
export type VideoMetadata = z.infer<typeof metadataSchema>;

const urlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => URL.canParse(text) && new URL(text).hostname.includes('.'), 'must have a valid hostname')
  .refine((text) => /^[a-z]+:\/\/[^/?#]+\//i.test(text), 'must have a path');

const fromUrlSchema = metadataSchema.extend({ url: urlSchema, async: z.boolean().exactOptional() });
const fromKeySchema = metadataSchema.extend({ s3_key: z.string().min(1) });

/** What was understood, or the answer to what wasn't. */
export type Read<Value> = { ok: true; value: Value } | { ok: false; answer: JsonAnswer };

/** Reads the `metadata` of a create by file. */
export function readMetadata(body: unknown, limits: MetadataLimits): Read<VideoMetadata> {
  return judge(metadataSchema.safeParse(body), limits);
}

/** Reads the JSON of a create by URL. */
export function readFromUrl(body: unknown, limits: MetadataLimits): Read<z.infer<typeof fromUrlSchema>> {
  return judge(fromUrlSchema.safeParse(body), limits);
}

/** Reads the JSON of a create by key. */
export function readFromKey(body: unknown, limits: MetadataLimits): Read<z.infer<typeof fromKeySchema>> {
  return judge(fromKeySchema.safeParse(body), limits);
}

/** Reads the JSON of an update. */
export function readPatch(body: unknown, limits: MetadataLimits): Read<VideoPatch> {
  return judge(patchSchema.safeParse(body), limits);
}

/** What the page leaves open, and what is there already. */
export interface MetadataLimits {
  captionMaxLength: number;
  /** Whether the video has an external_media association. */
  hasExternalMedia: boolean;
}

function judge<Value extends VideoPatch>(result: z.ZodSafeParseResult<Value>, limits: MetadataLimits): Read<Value> {
  if (!result.success) return { ok: false, answer: answerOf(result.error.issues[0]) };
  const { caption = '', display_social_attributions, external_media } = result.data;
  if (caption.length > limits.captionMaxLength) {
    return { ok: false, answer: refusal(422, `caption: should be at most ${limits.captionMaxLength} character(s)`) };
  }
  const attributed = external_media === undefined ? limits.hasExternalMedia : external_media !== null;
  if (display_social_attributions === true && !attributed) {
    return { ok: false, answer: refusal(422, 'external_media: required when display_social_attributions is true') };
  }
  return { ok: true, value: result.data };
}

/** 400 for what is missing or of the wrong kind, 422 for a value that breaks a rule. */
function answerOf(issue: z.core.$ZodIssue | undefined): JsonAnswer {
  if (issue?.code === 'unrecognized_keys') return refusal(400, `Unknown parameter: ${issue.keys.join(', ')}`);
  const path = issue?.path.join('.') ?? '';
  if (path === '' || path === 'url')
    return refusal(400, path === '' ? 'The body must be an object' : `url: ${issue?.message}`);
  return refusal(issue?.code === 'invalid_type' ? 400 : 422, `${path}: ${issue?.message}`);
}
