import * as z from 'zod';
import type { JsonValue } from './json.js';
import { parseSource, type Source, type SourceInput } from './source.js';

/**
 * The finer wishes for an adapter, by the adapter's name. Empty here: each adapter package merges its own entry in with
 * `declare module '@sluice/core/adapter' { interface AdapterOptions { acme?: AcmeOptions } }`, so the types hold however the
 * adapter was loaded.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is filled by declaration merging in the adapter packages
export interface AdapterOptions {}

/** What is known of the source beforehand, to be held against what arrives. */
export interface Expect {
  /** Bytes. */
  size?: number;
  /** 64 hex digits; or `compute`: the source is read once before the start, and what it has then is expected. */
  sha256?: string;
  /** What to do when nobody could measure it: a warning (the default), or fail with `integrity`. */
  unchecked?: 'warn' | 'fail';
}

/** Neutral metadata. Each adapter maps what its provider has; the rest is a warning on the job. */
export interface Metadata {
  title?: string;
  description?: string;
  tags?: string[];
  [key: string]: JsonValue | undefined;
}

/** How the bytes may travel: `auto` lets the engine choose, `direct` forbids detours, the others force one. */
export const routes = ['auto', 'direct', 'presign', 'relay', 'stage', 'put'] as const;

/** What to do when the name is already there. */
export const ifExistsChoices = ['replace', 'skip', 'fail'] as const;

/** One import, as an application asks for it. */
export interface ImportRequest {
  source: SourceInput;
  /** A name from the configuration's `providers`; without it the default one. */
  provider?: string;
  /** The name or path at the provider; without it the source's path without its leading slash. */
  name?: string;
  /** The caller's own idempotency key: importing again under it returns the job that is already there. */
  key?: string;
  expect?: Expect;
  metadata?: Metadata;
  /** From 0, higher first. */
  priority?: number;
  ifExists?: (typeof ifExistsChoices)[number];
  route?: (typeof routes)[number];
  /** Ask the user's own bucket whether what the provider says to have put there is there, with its size; `integrity` where it is not. */
  verify?: boolean;
  /** The finer wishes, by adapter name. Only the chosen adapter's are parsed. */
  options?: AdapterOptions;
  /** How long the provider may take from the start, in milliseconds, before the job is given up; in place of the setting. */
  deadlineMs?: number;
}

const sourceField = z.unknown().transform((input, context): Source => {
  try {
    return parseSource(input);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: error instanceof Error ? error.message.replace(/^source:? /, '') : '',
    });
    return z.NEVER;
  }
});

/** How a request is read: unknown fields are refused. */
export const requestSchema = z.strictObject({
  source: sourceField,
  provider: z.string().min(1).optional(),
  name: z.string().min(1).max(1024).optional(),
  key: z.string().min(1).max(255).optional(),
  expect: z
    .strictObject({
      size: z.int().min(0).optional(),
      sha256: z
        .string()
        .regex(/^(?:[0-9a-f]{64}|compute)$/i, 'must be 64 hex digits, or "compute"')
        .transform((hex) => hex.toLowerCase())
        .optional(),
      unchecked: z.enum(['warn', 'fail']).optional(),
    })
    .optional(),
  metadata: z
    .looseObject({
      title: z.string().optional(),
      description: z.string().optional(),
      tags: z.array(z.string()).optional(),
    })
    .catchall(z.json())
    .optional(),
  priority: z.int().min(0).optional(),
  ifExists: z.enum(ifExistsChoices).optional(),
  route: z.enum(routes).optional(),
  verify: z.boolean().optional(),
  options: z.record(z.string(), z.record(z.string(), z.json())).optional(),
  deadlineMs: z.int().min(1).optional(),
});

/** A request as it was read: the source as a descriptor, the rest as given. */
export type ParsedRequest = z.infer<typeof requestSchema>;
