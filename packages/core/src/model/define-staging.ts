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
  /** Begins an upload of `size` bytes; `name` is the object's name below the prefix. */
  begin(object: { name: string; size: number; contentType?: string }, context: StagingContext): Promise<PartsUpload>;
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
  /** Bytes of an object; undefined when it is not there. */
  size(object: JsonValue, context: StagingContext): Promise<number | undefined>;
  /** What stands under the prefix: for `gc`. */
  objects(context: StagingContext): AsyncIterable<StagedObject>;
  /** What was begun under the prefix and never completed: for `gc`. */
  openUploads(context: StagingContext): AsyncIterable<OpenUpload>;
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

const brand = Symbol.for('sluice.staging');

/** What {@link defineStaging} makes: call it with settings. @throws ZodError for settings that break a rule */
export interface StagingFactory<Settings extends z.ZodObject = z.ZodObject> {
  (settings: z.input<Settings>): ConfiguredStaging;
  readonly staging: { name: string; settings: z.ZodObject };
}

/** Makes a package that stages bytes in a bucket. */
export function defineStaging<Settings extends z.ZodObject>(
  definition: StagingDefinition<Settings>,
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
  return typeof value === 'function' && brand in value;
}
