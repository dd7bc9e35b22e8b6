import { webUrlSchema } from '@sluice/core/adapter';
import * as z from 'zod';

const text = z.string().min(1, 'must not be empty');

/** Videos page, 6.7. */
const externalMediaSchema = z.strictObject({
  /** The platform: `tiktok`, `instagram`, `youtube`, … */
  source: text,
  /** The original post. */
  url: webUrlSchema,
  /** The creator's handle. */
  username: text,
  /** Whether the URL can be clicked in the player. Default of Firework: true. */
  navigation_enabled: z.boolean().exactOptional(),
});

/** A name in `custom_fields`, and how long its value may be in characters (Videos page, 10). */
const fieldName = /^[a-z0-9_]{1,255}$/;
const longestField = 1_024;

const customFieldsSchema = z.record(z.string(), z.string()).superRefine((fields, context) => {
  for (const [name, value] of Object.entries(fields)) {
    const problem = fieldProblem(name, value);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
  }
});

function fieldProblem(name: string, value: string): string | undefined {
  if (!fieldName.test(name)) return 'the name must be 1 to 255 of a-z, 0-9 and _';
  // By code points: an emoji is one character to a reader and two to JavaScript.
  return Array.from(value).length > longestField ? `must have at most ${longestField} characters` : undefined;
}

/** Empty or null removes the poster (Videos page, 6.5). */
const posterUrlSchema = z
  .string()
  .nullable()
  .superRefine((url, context) => {
    if (url === null || url === '') return;
    const path = webUrlSchema.safeParse(url).success ? new URL(url).pathname : '';
    if (/\.(jpg|png)$/i.test(path)) return;
    const message = 'must be an absolute http or https URL that ends in .jpg or .png, or null to remove the poster';
    context.addIssue({ code: 'custom', message });
  });

/** The fields of a video that can be said at its creation and changed later (Videos page, 6.4 and 7.3). */
export const metadataShape = {
  /** The title. */
  caption: z.string().regex(/\S/, 'must not be blank').exactOptional(),
  description: z.string().exactOptional(),
  /** Default of Firework: public. */
  access: z.enum(['public', 'private']).exactOptional(),
  /** When it was archived: ISO 8601, with its offset or Z. */
  archived_at: z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 time, such as 2025-01-29T12:00:00Z' })
    .exactOptional(),
  audio_disabled: z.boolean().exactOptional(),
  hashtags: z.array(text).exactOptional(),
  /** The store that `product_ids` are looked for in. Default of Firework: the first one. */
  business_store_id: text.exactOptional(),
  /** Firework's own or external ids of products, or a unit's id, GTIN, SKU or MPN. They replace those that are tagged; `[]` untags all. */
  product_ids: z.array(text).exactOptional(),
  /** They replace all that are there; `{}` removes them. */
  custom_fields: customFieldsSchema.exactOptional(),
  /** Needs `external_media`. */
  display_social_attributions: z.boolean().exactOptional(),
  external_media: externalMediaSchema.exactOptional(),
  /** A picture in place of the one that Firework makes; null or "" removes it. */
  poster_url: posterUrlSchema.exactOptional(),
  /** Hide the video from the product detail page. */
  video_hidden: z.boolean().exactOptional(),
};

/** What {@link FireworkCalls.updateVideo} changes; what is left out stays as it is. */
export const videoPatchSchema = z.strictObject(metadataShape);

/** What `updateVideo` changes; what is left out stays as it is (Videos page, 7.3). */
export type FireworkVideoPatch = z.input<typeof videoPatchSchema>;
