import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { NetworkOptions, SluiceOptions } from '../../engine/sluice.js';
import type { ConfiguredAdapter } from '../../model/define-adapter.js';
import type { ConfiguredStaging } from '../../model/define-staging.js';
import { invalidInput } from '../../model/issues.js';
import type { Store } from '../../store/contract.js';
import type { Environment } from './environment.js';
import { loadAdapterPackage, loadStagingPackage, loadStorePackage } from './package.js';
import { configurationProblem } from './problem.js';
import type { ReadConfiguration } from './read.js';
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
    const factory = await loadAdapterPackage({ place, name: adapter, from: foldersToLookIn(directory, options) });
    return [name, factory(settings)];
  });
  return Object.fromEntries(await Promise.all(opened));
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
  const parsed = factory.staging.settings.safeParse(settings);
  if (parsed.success) return factory(settings);
  const known = Object.keys(factory.staging.settings.shape);
  throw configurationProblem({ file }, invalidInput(parsed.error, { prefix: 'staging', known }).message);
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
