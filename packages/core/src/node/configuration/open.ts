import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import * as z from 'zod';
import type { NetworkOptions, SluiceOptions } from '../../engine/sluice.js';
import type { ConfiguredAdapter } from '../../model/define-adapter.js';
import type { ConfiguredStaging, StagingFactory } from '../../model/define-staging.js';
import { invalidInput } from '../../model/issues.js';
import type { Store } from '../../store/contract.js';
import type { Environment } from './environment.js';
import { loadAdapterPackage, loadBucketPackage, loadStagingPackage, loadStorePackage } from './package.js';
import { configurationProblem, type Place } from './problem.js';
import type { ReadConfiguration } from './read.js';
import { packageEntry } from './schema.js';
import { openSources } from './sources.js';

/** How the packages of a configuration are found and where state lives. */
export interface OpenOptions {
  /** Where packages are looked for after the configuration's own folder. Default: the working directory. */
  packagesFrom?: string[];
  /** The store's package when the configuration names none; without it, jobs live in memory. */
  defaultStore?: string;
  env?: Environment;
}

/**
 * Loads exactly the packages that a configuration names, and makes of it what `createSluice` takes.
 * @throws SluiceError `invalid-request` naming the field, and what to install
 */
export async function openConfiguration(
  configuration: ReadConfiguration,
  options: OpenOptions = {},
): Promise<SluiceOptions> {
  const { content } = configuration;
  const providers = await openProviders(configuration, options);
  const store = await openStore(configuration, options);
  const network = await openNetwork(configuration);
  const staging = await openStaging(configuration, options);
  return {
    providers,
    ...(content.default !== undefined && { default: content.default }),
    ...(store !== undefined && { store }),
    ...(network !== undefined && { network }),
    ...(staging !== undefined && { staging }),
    ...(content.credentials !== undefined && { credentials: content.credentials }),
    ...(content.webhooks !== undefined && { webhooks: content.webhooks }),
    sources: await openSources(configuration, foldersToLookIn(configuration.directory, options)),
  };
}

async function openProviders(
  { file, directory, content }: ReadConfiguration,
  options: OpenOptions,
): Promise<Record<string, ConfiguredAdapter>> {
  const opened = Object.entries(content.providers).map(async ([name, entry]): Promise<[string, ConfiguredAdapter]> => {
    const { adapter, ...settings } = entry;
    const place = { file, field: `providers.${name}.adapter` };
    const from = foldersToLookIn(directory, options);
    const factory = await loadAdapterPackage({ place, name: adapter, from });
    const buckets = await openBuckets(settings.buckets, { file, field: `providers.${name}.buckets` }, from);
    return [name, factory(buckets === undefined ? settings : { ...settings, buckets })];
  });
  return Object.fromEntries(await Promise.all(opened));
}

const bucketsSchema = z.record(z.string(), packageEntry);

/** The buckets that a provider imports from. */
async function openBuckets(
  given: unknown,
  { file, field }: Required<Place>,
  from: string[],
): Promise<Record<string, ConfiguredStaging> | undefined> {
  if (given === undefined) return undefined;
  const parsed = bucketsSchema.safeParse(given);
  if (!parsed.success) throw configurationProblem({ file }, invalidInput(parsed.error, { prefix: field }).message);
  const opened = Object.entries(parsed.data).map(async ([id, { adapter, ...settings }]) => {
    const place = { file, field: `${field}.${id}.adapter` };
    const factory = await loadBucketPackage({ place, name: adapter, from });
    return [id, configured(factory, settings, { file, field: `${field}.${id}` })] as const;
  });
  return Object.fromEntries(await Promise.all(opened));
}

function configured(
  factory: StagingFactory,
  settings: Record<string, unknown>,
  { file, field }: Required<Place>,
): ConfiguredStaging {
  const { settings: schema } = factory.staging;
  const parsed = schema.safeParse(settings);
  if (parsed.success) return factory(settings);
  const known = Object.keys(schema.shape);
  throw configurationProblem({ file }, invalidInput(parsed.error, { prefix: field, known }).message);
}

async function openStore(configuration: ReadConfiguration, options: OpenOptions): Promise<Store | undefined> {
  const { file, directory, content } = configuration;
  const entry = content.store ?? (options.defaultStore === undefined ? undefined : { adapter: options.defaultStore });
  if (entry === undefined) return undefined;
  const { adapter, ...settings } = entry;
  const place = { file, field: 'store.adapter' };
  const factory = await loadStorePackage({ place, name: adapter, from: foldersToLookIn(directory, options) });
  const parsed = factory.settings.safeParse(settings);
  if (!parsed.success) {
    const known = Object.keys(factory.settings.shape);
    throw configurationProblem({ file }, invalidInput(parsed.error, { prefix: 'store', known }).message);
  }
  return factory(settings, { directory, stateDirectory: stateDirectory(options.env ?? process.env) });
}

async function openStaging(
  { file, directory, content }: ReadConfiguration,
  options: OpenOptions,
): Promise<ConfiguredStaging | undefined> {
  if (content.staging === undefined) return undefined;
  const { adapter, ...settings } = content.staging;
  const place = { file, field: 'staging.adapter' };
  const factory = await loadStagingPackage({ place, name: adapter, from: foldersToLookIn(directory, options) });
  return configured(factory, settings, { file, field: 'staging' });
}

async function openNetwork({ file, directory, content }: ReadConfiguration): Promise<NetworkOptions | undefined> {
  if (content.network === undefined) return undefined;
  const { ca, proxy, allowPrivateAddresses, bytesPerSecond, comparePartMd5 } = content.network;
  return {
    ...(allowPrivateAddresses !== undefined && { allowPrivateAddresses }),
    ...(proxy !== undefined && { proxy }),
    ...(bytesPerSecond !== undefined && { bytesPerSecond }),
    ...(comparePartMd5 !== undefined && { comparePartMd5 }),
    ...(ca !== undefined && { ca: await readCertificates(file, resolve(directory, ca)) }),
  };
}

async function readCertificates(file: string, path: string): Promise<string> {
  const place = { file, field: 'network.ca' };
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw configurationProblem(place, `the file "${path}" cannot be read`, { cause });
  });
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw configurationProblem(place, `the file "${path}" holds no certificate in PEM form`);
}

function foldersToLookIn(directory: string, options: OpenOptions): string[] {
  return [...new Set([directory, ...(options.packagesFrom ?? [process.cwd()])])];
}

/** `$XDG_STATE_HOME/sluice`; the XDG rules have a relative value ignored. */
function stateDirectory(env: Environment): string {
  const home = env.XDG_STATE_HOME;
  return join(home !== undefined && isAbsolute(home) ? home : join(homedir(), '.local', 'state'), 'sluice');
}
