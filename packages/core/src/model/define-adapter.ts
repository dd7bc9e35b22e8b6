import * as z from 'zod';
import type { AdapterMembers } from './adapter.js';
import { type Capabilities, windowLimitSchema } from './capabilities.js';
import { type ConfiguredStaging, isConfiguredBucket } from './define-staging.js';

/** What a plugin author writes. */
export interface AdapterDefinition<
  Name extends string,
  Settings extends z.ZodObject,
  Options extends z.ZodObject,
  Calls = unknown,
> {
  /** The key of its options, and the word for it in messages. */
  name: Name;
  /** The settings of one provider of this kind; unknown keys are refused. Core adds {@link CommonSettings}. */
  settings: Settings;
  /** What a request may say under `options[name]`: the provider's own field names; unknown keys are refused. */
  options: Options;
  capabilities: Capabilities;
  /** How often to look, in milliseconds, where neither the provider nor the settings say it. Default 2,000. */
  pollIntervalMs?: number;
  create(settings: z.output<Settings>): AdapterMembers<z.output<Options>, Calls>;
}

/** An adapter as the engine holds it, its own types behind it. */
export interface Adapter {
  name: string;
  settings: z.ZodObject;
  options: z.ZodObject;
  capabilities: Capabilities;
  pollIntervalMs: number;
  create(settings: unknown): AdapterMembers;
}

/** What a provider charges, by the day on which somebody looked it up. */
const pricesSchema = z
  .strictObject({
    asOf: z.iso.date(),
    unit: z.string().min(1),
    perImport: z.number().min(0).optional(),
    perMinute: z.number().min(0).optional(),
    perGigabyte: z.number().min(0).optional(),
  })
  .refine(({ perImport, perMinute, perGigabyte }) => (perImport ?? perMinute ?? perGigabyte) !== undefined, {
    error: 'name at least one of perImport, perMinute, perGigabyte',
  });

/**
 * What a provider charges, for `sluice plan`:
 * - `asOf` the day on which that was looked up, such as `2026-11-01`
 * - `unit` such as `dollars` or `credits`
 * - `perImport`, `perMinute` of the medium, `perGigabyte` (10^9 bytes): what is charged adds up
 */
export type Prices = z.infer<typeof pricesSchema>;

/** Settings that every provider takes besides its adapter's own. @see CommonSettings */
export const commonSettingsSchema = z.strictObject({
  pollIntervalMs: z.int().min(1).optional(),
  timeoutMs: z.int().min(1).optional(),
  deadlineMs: z.int().min(1).optional(),
  stallMs: z.int().min(1).optional(),
  limits: z
    .strictObject({
      jobs: z.int().min(1).nullable().optional(),
      starts: windowLimitSchema.nullable().optional(),
      statuses: windowLimitSchema.nullable().optional(),
      probes: windowLimitSchema.nullable().optional(),
      probesAtOnce: z.int().min(1).nullable().optional(),
    })
    .optional(),
  buckets: z
    .record(
      z.string().min(1),
      z.custom<ConfiguredStaging>(
        isConfiguredBucket,
        'must be what a package for buckets makes, such as s3Bucket({ … })',
      ),
    )
    .optional(),
  prices: pricesSchema.optional(),
});

/**
 * Settings that every provider takes besides its adapter's own:
 * - `pollIntervalMs` in place of the adapter's hint
 * - `timeoutMs` for one attempt of one call; default 30,000
 * - `deadlineMs` for a job, counted from its start; default 24 hours
 * - `stallMs` how long the provider may say nothing new; default: no limit, and an hour for a word that the adapter doesn't know
 * - `limits` in place of the adapter's, one by one; null lifts one
 * - `buckets` by the provider's id of an integration: the bucket that it imports from, for files that are to be put there first
 * - `prices` what it charges, for plans; by default only the provider itself says so
 */
export type CommonSettings = z.infer<typeof commonSettingsSchema>;

const brand = Symbol.for('sluice.adapter');

/** An adapter with the settings of one provider, as `createSluice` takes it. */
export interface ConfiguredAdapter<Calls = unknown> {
  adapter: Adapter;
  settings: unknown;
  /** Never there: it carries the type of the adapter's helpers to `sluice.provider(name)`. */
  readonly calls?: Calls;
}

/** What {@link defineAdapter} makes: call it with settings. */
export interface AdapterFactory<Settings extends z.ZodObject = z.ZodObject, Calls = unknown> {
  (settings: z.input<Settings> & CommonSettings): ConfiguredAdapter<Calls>;
  readonly adapter: Adapter;
}

/** Makes an adapter that an application configures by calling it with its settings. */
export function defineAdapter<
  Name extends string,
  Settings extends z.ZodObject,
  Options extends z.ZodObject,
  Calls = unknown,
>(definition: AdapterDefinition<Name, Settings, Options, Calls>): AdapterFactory<Settings, Calls> {
  const adapter: Adapter = {
    name: definition.name,
    settings: definition.settings.strict(),
    options: definition.options.strict(),
    capabilities: definition.capabilities,
    pollIntervalMs: definition.pollIntervalMs ?? 2_000,
    create: (settings) => definition.create(definition.settings.parse(settings)),
  };
  const configure = (settings: z.input<Settings> & CommonSettings): ConfiguredAdapter<Calls> => ({ adapter, settings });
  return Object.assign(configure, { adapter, [brand]: true });
}

/** True for what {@link defineAdapter} made, also by another copy of this package. */
export function isAdapterFactory(value: unknown): value is AdapterFactory {
  return typeof value === 'function' && brand in value;
}
