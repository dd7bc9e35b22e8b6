import { webUrlSchema } from '@sluice/core/adapter';
import * as z from 'zod';

const line = /^[^\p{Cc}]+$/u;

/** The provider's literal syntax is not public: what is no amount at all is refused, the rest passes. */
const amount = z.union([
  z.number().nonnegative(),
  z.string().regex(/^\d[^\p{Cc}]*$/u, 'must begin with a digit, such as "130%" or 2000000, and hold no line ends'),
]);

/** The Video CDN's own parameters of an import under its own names, all optional. Its other parameters are neutral fields of a request. */
export const videoCdnOptionsSchema = z.object({
  /** Fetched before those with less. In place of the request's `priority`. */
  fetch_prio: z.union([z.int(), z.string().regex(line, 'must not be empty')]).exactOptional(),
  /** Never replaces a file that is there, whatever its state. Like `ifExists: 'fail'`, unless the request says `'skip'`. */
  no_replace: z.boolean().exactOptional(),
  /** Access control of this file. */
  protection: z.string().regex(line, 'must not be empty, and hold no line ends').exactOptional(),
  /** Delivery speed of this file: a share of its bitrate (`130%`), or a rate. */
  speed: amount.exactOptional(),
  /** How much of this file is delivered at full speed first: bytes, or seconds. */
  buffer: amount.exactOptional(),
  /** Called when the fetch has ended. In place of the job's own URL, so that what it says is not seen here. */
  callback: webUrlSchema.exactOptional(),
});

/** What a request may say under `options['video-cdn']`. */
export type VideoCdnOptions = z.input<typeof videoCdnOptionsSchema>;

/** The options as the adapter works with them. */
export type ParsedOptions = z.output<typeof videoCdnOptionsSchema>;

declare module '@sluice/core/adapter' {
  interface AdapterOptions {
    'video-cdn'?: VideoCdnOptions;
  }
}
