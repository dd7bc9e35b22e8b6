import * as z from 'zod';
import { userMetadataSchema } from './user-metadata.js';

/** TwelveLabs' own fields under TwelveLabs' own names, all optional. */
export const twelvelabsOptionsSchema = z.object({
  /** In place of the setting `indexId`. */
  index_id: z.string().min(1, 'must not be empty').exactOptional(),
  /** Of an integration: `false` imports files again that the index has already. Default of TwelveLabs: true. */
  incremental_import: z.boolean().exactOptional(),
  /** Of an integration: files that failed in an earlier import are tried again. Default of TwelveLabs: false. */
  retry_failed: z.boolean().exactOptional(),
  /** Kept with every video of an integration, or with the asset and with the indexed asset. */
  user_metadata: userMetadataSchema.exactOptional(),
  /** Of a file or URL: the index keeps the video for streaming. */
  enable_video_stream: z.boolean().exactOptional(),
  /** Of a file or URL: a playlist and segments of the asset. Default of TwelveLabs: false. */
  enable_hls: z.boolean().exactOptional(),
  /** Of a file or URL: pictures of the asset. Default of TwelveLabs: false. */
  enable_thumbnail: z.boolean().exactOptional(),
});

/** What a request may say under `options.twelvelabs`. */
export type TwelvelabsOptions = z.input<typeof twelvelabsOptionsSchema>;

/** The options as the adapter works with them. */
export type ParsedOptions = z.output<typeof twelvelabsOptionsSchema>;

declare module '@sluice/core/adapter' {
  interface AdapterOptions {
    twelvelabs?: TwelvelabsOptions;
  }
}
