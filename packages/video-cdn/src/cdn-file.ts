import type { JobState, JsonObject } from '@sluice/core/adapter';
import * as z from 'zod';
import type { ParsedSettings } from './settings.js';

/** How a file stands, in our words; absent for a word that nobody knows. */
export type Standing = Exclude<JobState, 'canceled'>;

/** A file as the Video CDN tells of it. */
export interface CdnFile {
  id: string;
  /** The whole path, without a slash at its front. */
  name?: string;
  /** The provider's own word; empty where it says none. */
  word: string;
  standing?: Standing;
  /** Bytes. */
  size?: number;
  /** Lower-case hex. */
  sha256?: string;
  url?: string;
  /** Why it failed. */
  message?: string;
  /** What an add did. */
  outcome?: 'created' | 'replaced' | 'existing';
  raw: JsonObject;
}

const text = z.union([z.string().min(1), z.number()]).transform(String);
const fieldSchemas = {
  name: text.optional().catch(undefined),
  word: text.optional().catch(undefined),
  size: z.coerce.number().int().nonnegative().optional().catch(undefined),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i)
    .transform((hex) => hex.toLowerCase())
    .optional()
    .catch(undefined),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .catch(undefined),
  message: text.optional().catch(undefined),
};

/** Reads a file by the names of the settings; undefined where the object has no id, and so is none. */
export function fileIn(object: JsonObject, settings: ParsedSettings): CdnFile | undefined {
  const { fields, states, outcomes, parameters } = settings;
  const id = text.safeParse(object[fields.id]);
  if (!id.success) return undefined;
  const name = fieldSchemas.name.parse(object[fields.name])?.replace(/^\/+/, '');
  const word = fieldSchemas.word.parse(object[fields.state]) ?? '';
  const size = object[fields.size] === '' ? undefined : fieldSchemas.size.parse(object[fields.size] ?? undefined);
  const sha256 = fieldSchemas.sha256.parse(object[fields.checksum]);
  const url = fieldSchemas.url.parse(object[fields.url]);
  const message = fieldSchemas.message.parse(object[fields.message]);
  const standing = wordIn(states, word);
  const outcome = wordIn(outcomes, fieldSchemas.word.parse(object[fields.outcome]) ?? '');
  // The source's URL may hold its credentials.
  const { [parameters.location]: _location, ...raw } = object;
  return {
    id: id.data,
    ...(name !== undefined && { name }),
    word,
    ...(standing !== undefined && { standing }),
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
    ...(url !== undefined && { url }),
    ...(message !== undefined && { message }),
    ...(outcome !== undefined && { outcome }),
    raw,
  };
}

function wordIn<T>(words: Record<string, T>, word: string): T | undefined {
  return new Map(Object.entries(words)).get(word) ?? new Map(Object.entries(words)).get(word.toLowerCase());
}
