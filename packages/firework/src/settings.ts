import { baseUrlSchema, timedWebhookSchema } from '@sluice/core/adapter';
import * as z from 'zod';

const boundsSchema = z.strictObject({
  /** Bytes. The page says 25 KB: the larger of its two readings is asked for. */
  minBytes: z.int().min(1).default(25_600),
  /** Bytes. The page says 5 GB: the smaller of its two readings is allowed. */
  maxBytes: z.int().min(1).default(5_000_000_000),
  /** How long a video lasts at least; held against files whose container can be read. */
  minSeconds: z.number().min(0).default(3),
  /** How long it lasts at most. */
  maxSeconds: z.number().min(0).default(3_600),
});

/** The settings of one Firework business. */
export const fireworkSettingsSchema = z.object({
  /** Of the OAuth app that Firework registered. */
  clientId: z.string().min(1, 'must not be empty'),
  clientSecret: z.string().min(1, 'must not be empty'),
  /** How the secret goes to the token endpoint: in the form `body`, or as `basic` authentication (RFC 6749, section 2.3.1). */
  auth: z.enum(['body', 'basic']).default('body'),
  /** What the token is asked for; an empty list asks for whatever the app was granted. */
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope, such as videos:write'))
    .default(['videos:read', 'videos:write']),
  /** The channel of requests that name none in `options.firework.channel_id`. */
  channelId: z.string().min(1, 'must not be empty').optional(),
  baseUrl: baseUrlSchema('https://api.firework.com'),
  /** Which files Firework takes (Videos page, 4.3). */
  bounds: boundsSchema.prefault({}),
  /** Files of so many bytes go up in parts, smaller ones in one piece ("Upload large video files (100MB+)", Videos page, 5). */
  multipartFromBytes: z.int().min(2).default(100_000_000),
  /** How long a video may take to be created from a URL or an upload, in milliseconds: Firework downloads or copies it meanwhile. */
  createTimeoutMs: z.int().min(1).default(600_000),
  webhook: timedWebhookSchema,
});

/** What `firework(...)` takes, besides what every provider takes. */
export type FireworkSettings = z.input<typeof fireworkSettingsSchema>;

/** The settings as the adapter works with them. */
export type ParsedSettings = z.output<typeof fireworkSettingsSchema>;
