import type { JsonValue, ParsedRequest } from '@sluice/core/adapter';
import * as z from 'zod';

/** Import videos page: "string, integer, float or boolean"; objects and arrays are to be converted into strings. */
const valueSchema = z.union([z.string(), z.number(), z.boolean()], {
  error: 'must be a string, a number or a boolean: convert your data into string values to store anything else',
});

/** What TwelveLabs keeps with a video or an asset. */
export const userMetadataSchema = z.record(z.string().min(1, 'must not be empty'), valueSchema);

/** Keys and values that TwelveLabs keeps with a video or an asset. */
export type UserMetadata = z.output<typeof userMetadataSchema>;

type Metadata = NonNullable<ParsedRequest['metadata']>;

/** Of the neutral metadata, what TwelveLabs has a place for: keys of the user's own. The rest is a warning of the core. */
function ownKeys({
  title: _title,
  description: _description,
  tags: _tags,
  ...own
}: Metadata): Record<string, JsonValue> {
  return own;
}

/** Keys of the neutral metadata whose values TwelveLabs cannot keep. */
export function unkept(metadata: Metadata = {}): string[] {
  return Object.entries(ownKeys(metadata))
    .filter(([, value]) => !isKept(value))
    .map(([key]) => key);
}

/** The metadata that is sent: the neutral one, and over it the option. Undefined where there is none. */
export function userMetadataOf({
  metadata = {},
  options,
}: {
  metadata?: Metadata | undefined;
  options: { user_metadata?: UserMetadata };
}): UserMetadata | undefined {
  const neutral = Object.entries(ownKeys(metadata)).flatMap(([key, value]) =>
    isKept(value) ? [[key, value] as const] : [],
  );
  const merged = { ...Object.fromEntries(neutral), ...options.user_metadata };
  return Object.keys(merged).length === 0 ? undefined : merged;
}

function isKept(value: JsonValue | undefined): value is string | number | boolean {
  return valueSchema.safeParse(value).success;
}
