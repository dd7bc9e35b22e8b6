import * as z from 'zod';
import { schemes } from './source.js';
import { uploadWaySchema } from './upload.js';

/** How many calls in how long: a count, never a pace. The whole allowance may be used at once. */
export const windowLimitSchema = z.strictObject({ max: z.int().min(1), windowMs: z.int().min(1) });

/** How many calls (`max`) in any stretch of `windowMs` milliseconds. */
export type WindowLimit = z.infer<typeof windowLimitSchema>;

/** The limits of a provider, in one lane. What is left out is not limited. */
export const limitsSchema = z.strictObject({
  jobs: z.int().min(1).optional(),
  starts: windowLimitSchema.optional(),
  statuses: windowLimitSchema.optional(),
  probes: windowLimitSchema.optional(),
  probesAtOnce: z.int().min(1).optional(),
});

/**
 * `jobs` and `probesAtOnce`: how many the provider works on at once; `starts`, `statuses`, `probes`: how many such calls in
 * a window.
 */
export type Limits = z.infer<typeof limitsSchema>;

/** The neutral fields of a request that an adapter may honour. */
export const neutralFields = ['name', 'title', 'description', 'tags', 'priority', 'ifExists', 'metadata'] as const;

/** A neutral field of a request; `metadata` stands for keys of `metadata` other than title, description and tags. */
export type NeutralField = (typeof neutralFields)[number];

/** What an adapter can do, as data. @see Capabilities */
export const capabilitiesSchema = z.strictObject({
  url: z.strictObject({ schemes: z.array(z.enum(schemes)).min(1) }).optional(),
  integration: z.boolean().optional(),
  upload: z
    .strictObject({ ways: z.array(uploadWaySchema).min(1), canList: z.boolean(), canSign: z.boolean() })
    .optional(),
  checks: z.array(z.enum(['size', 'sha256'])),
  honours: z.array(z.enum(neutralFields)).optional(),
  needs: z.array(z.enum(['size'])).optional(),
  reads: z.array(z.enum(['media'])).optional(),
  cancel: z.boolean(),
  webhook: z.enum(['none', 'hint', 'evidence']),
  idempotentStart: z.boolean(),
  limits: limitsSchema,
});

/**
 * What an adapter can do, as data: printed into the docs, checked before any I/O, used to pick conformance cases.
 * - `url.schemes`: the sources that the provider fetches itself; `integration`: it imports from buckets it was given
 * - `upload`: the ways in which it takes bytes; `canList`: it tells which parts it has; `canSign`: it signs parts again
 * - `checks`: what the provider measures of the *source* (not of a rendition), so that `expect` can be held against it
 * - `honours`: the neutral fields that have an effect; any other that a request carries is a warning on the job
 * - `needs`: what must be known of a source before the start; the engine measures it where the request does not say it
 * - `reads`: what the adapter's `check` looks at of a source that can be read here: its container
 * - `cancel`: the provider can stop a job; `webhook`: whether deliveries are read, as a hint to look or as evidence
 * - `idempotentStart`: repeating a start with the same key makes no second job
 * - `limits`: of one lane, as the provider documents them
 */
export type Capabilities = z.infer<typeof capabilitiesSchema>;
