import type * as z from 'zod';
import type { JsonValue } from './json.js';
import type { ArrivedPart, PartsUpload, SignedPart } from './upload.js';

/** What a staging bucket is given besides its input. */
export interface StagingContext {
  /** Through proxy and authorities of the network setting; the bucket is configured, hence trusted. */
  fetch: typeof fetch;
  signal: AbortSignal;
  /** Epoch milliseconds. */
  now(): number;
}

/** How an object stands. */
export interface ObjectState {
  /** Bytes. */
  size: number;
  /** What {@link StagingMembers.begin} was given: by it an object is known again. */
  mark?: string;
}

/** Something that stands in the bucket. */
export interface StagedObject {
  /** What names it: JSON of ids only. */
  object: JsonValue;
  /** As a person may read it. */
  name: string;
  /** Bytes. */
  size: number;
  /** Epoch milliseconds. */
  modifiedAt: number;
}

/** An upload that was begun and neither completed nor ended. */
export interface OpenUpload {
  session: JsonValue;
  name: string;
  /** Epoch milliseconds. */
  startedAt: number;
}

/**
 * A bucket of the user's own, through which bytes reach providers that take URLs only. The engine's part upload fills it: the
 * members are those of an adapter's `upload`. `uploaded` of {@link StagingMembers.begin} names the object.
 */
export interface StagingMembers {
  /** How the bucket is called in messages, without secrets: `s3://endpoint/bucket/prefix`. */
  place: string;
  /** Begins an upload of `size` bytes; `name` is the object's name below the prefix, and `mark` goes with it as {@link ObjectState.mark}. */
  begin(
    object: { name: string; size: number; contentType?: string; mark?: string },
    context: StagingContext,
  ): Promise<PartsUpload>;
  /** What names the object of that name below the prefix. */
  object(name: string): JsonValue;
  sign(session: JsonValue, numbers: number[], context: StagingContext): Promise<SignedPart[]>;
  list(session: JsonValue, context: StagingContext): Promise<ArrivedPart[]>;
  complete(session: JsonValue, parts: ArrivedPart[], context: StagingContext): Promise<void>;
  abort(session: JsonValue, context: StagingContext): Promise<void>;
  /** An https URL under which the provider can fetch the object. */
  presign(object: JsonValue, options: { expiresInMs: number }): Promise<string>;
  /** The longest that a presigned URL may live, in milliseconds. */
  longestPresignMs: number;
  /** Removing what is not there is no error. @throws SluiceError `auth` when the credentials may not delete */
  remove(object: JsonValue, context: StagingContext): Promise<void>;
  /** How an object stands; undefined when it is not there. */
  look(object: JsonValue, context: StagingContext): Promise<ObjectState | undefined>;
  /** What stands under the prefix: for `gc`. */
  objects(context: StagingContext): AsyncIterable<StagedObject>;
  /** What was begun under the prefix and never completed: for `gc`; with `only`, of the object of that name alone. */
  openUploads(context: StagingContext, only?: string): AsyncIterable<OpenUpload>;
  /** Puts, reads and removes a small object: each step that fails, in words that say what to mend. Empty when all is well. */
  test(context: StagingContext): Promise<string[]>;
}

/** What the author of a staging package writes. */
export interface StagingDefinition<Settings extends z.ZodObject> {
  name: string;
  /** Unknown keys are refused. */
  settings: Settings;
  create(settings: z.output<Settings>): StagingMembers;
}

/** A staging bucket with its settings, as `createSluice` takes it under `staging`. */
export interface ConfiguredStaging extends StagingMembers {
  name: string;
  /** For redaction. */
  settings: unknown;
}

const stagingBrand = Symbol.for('sluice.staging');
const bucketBrand = Symbol.for('sluice.bucket');

/** What {@link defineStaging} and {@link defineBucket} make: call it with settings. @throws ZodError for settings that break a rule */
export interface StagingFactory<Settings extends z.ZodObject = z.ZodObject> {
  (settings: z.input<Settings>): ConfiguredStaging;
  readonly staging: { name: string; settings: z.ZodObject };
}

/** Makes a package that stages bytes in a bucket. */
export function defineStaging<Settings extends z.ZodObject>(
  definition: StagingDefinition<Settings>,
): StagingFactory<Settings> {
  return makeFactory(definition, stagingBrand);
}

/** The same for a bucket that a provider imports from: what is put there stays there. */
export function defineBucket<Settings extends z.ZodObject>(
  definition: StagingDefinition<Settings>,
): StagingFactory<Settings> {
  return makeFactory(definition, bucketBrand);
}

function makeFactory<Settings extends z.ZodObject>(
  definition: StagingDefinition<Settings>,
  brand: symbol,
): StagingFactory<Settings> {
  const { name, create } = definition;
  const settings = definition.settings.strict();
  const configure = (input: z.input<Settings>): ConfiguredStaging => {
    settings.parse(input);
    return { name, settings: input, ...create(definition.settings.parse(input)) };
  };
  return Object.assign(configure, { staging: { name, settings }, [brand]: true });
}

/** True for what {@link defineStaging} made, also by another copy of this package. */
export function isStagingFactory(value: unknown): value is StagingFactory {
  return typeof value === 'function' && stagingBrand in value;
}

/** True for what {@link defineBucket} made, also by another copy of this package. */
export function isBucketFactory(value: unknown): value is StagingFactory {
  return typeof value === 'function' && bucketBrand in value;
}

/** True for what such a factory returned. */
export function isConfiguredBucket(value: unknown): value is ConfiguredStaging {
  return typeof value === 'object' && value !== null && 'place' in value && 'longestPresignMs' in value;
}
