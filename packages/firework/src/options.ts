import * as z from 'zod';
import { metadataShape } from './metadata.js';

/** Firework's own fields under Firework's own names, all optional, and `upload`, which is ours. */
export const fireworkOptionsSchema = z
  .object({
    /** In place of the setting `channelId`. */
    channel_id: z.string().min(1, 'must not be empty').exactOptional(),
    ...metadataShape,
    /** For a URL: Firework answers at once and downloads it in the background. Sent only when it is said; Firework's default is false. */
    async: z.boolean().exactOptional(),
    /** For bytes: `file` sends them to Firework itself, in the very call that creates the video, and not to its object store. */
    upload: z.literal('file').exactOptional(),
  })
  .superRefine((options, context) => {
    if (options.display_social_attributions !== true || options.external_media !== undefined) return;
    const message = 'is needed with display_social_attributions: true';
    context.addIssue({ code: 'custom', path: ['external_media'], message });
  });

/** What a request may say under `options.firework`. */
export type FireworkOptions = z.input<typeof fireworkOptionsSchema>;

/** The options as the adapter works with them. */
export type ParsedOptions = z.output<typeof fireworkOptionsSchema>;

declare module '@sluice/core/adapter' {
  interface AdapterOptions {
    firework?: FireworkOptions;
  }
}
