import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolve } from 'import-meta-resolve';
import { type AdapterFactory, isAdapterFactory } from '../../model/define-adapter.js';
import { isSourceFactory, type SourceFactory } from '../../model/define-source.js';
import { isBucketFactory, isStagingFactory, type StagingFactory } from '../../model/define-staging.js';
import { isStoreFactory, type StoreFactory } from '../../store/define.js';
import { configurationProblem, type Place } from './problem.js';

/** A package that a configuration names. */
export interface PackageRequest {
  /** The field that names it. */
  place: Required<Place>;
  /** A package's name, or a path that starts with `.` or `/`. */
  name: string;
  /** Folders to look from, in this order; a path counts from the first. */
  from: string[];
}

/** Loads the adapter that a package exports. */
export async function loadAdapterPackage(request: PackageRequest): Promise<AdapterFactory> {
  return pick(request, await load(request), { is: isAdapterFactory, made: 'an adapter', by: 'defineAdapter' });
}

/** Loads the store that a package exports. */
export async function loadStorePackage(request: PackageRequest): Promise<StoreFactory> {
  return pick(request, await load(request), { is: isStoreFactory, made: 'a store', by: 'defineStore' });
}

/** Loads the kind of sources that a package exports. */
export async function loadSourcePackage(request: PackageRequest): Promise<SourceFactory> {
  return pick(request, await load(request), { is: isSourceFactory, made: 'a kind of sources', by: 'defineSource' });
}

/** Loads the staging bucket that a package exports. */
export async function loadStagingPackage(request: PackageRequest): Promise<StagingFactory> {
  return pick(request, await load(request), { is: isStagingFactory, made: 'a staging bucket', by: 'defineStaging' });
}

/** Loads the bucket, as one that a provider imports from, that a package exports. */
export async function loadBucketPackage(request: PackageRequest): Promise<StagingFactory> {
  return pick(request, await load(request), { is: isBucketFactory, made: 'a bucket', by: 'defineBucket' });
}

/** Whether a package can be found from one of the folders. */
export function isInstalled(name: string, from: string[]): boolean {
  return from.some((folder) => {
    try {
      resolve(name, resolvingFrom(folder));
      return true;
    } catch {
      return false;
    }
  });
}

function resolvingFrom(folder: string): string {
  return pathToFileURL(join(folder, 'sluice.config.js')).href;
}

function pick<Factory>(
  { place, name }: PackageRequest,
  exported: object,
  wanted: { is: (value: unknown) => value is Factory; made: string; by: string },
): Factory {
  const values: unknown[] = [...new Set(Object.values(exported))];
  const found = values.filter(wanted.is);
  if (found.length > 1)
    throw configurationProblem(place, `"${name}" exports ${wanted.made} more than once; one is wanted`);
  if (found[0] === undefined) {
    throw configurationProblem(place, `"${name}" exports nothing made by ${wanted.by}(): it is not ${wanted.made}`);
  }
  return found[0];
}

async function load(request: PackageRequest): Promise<object> {
  const url = find(request);
  if (isPath(request.name) && !existsSync(fileURLToPath(url)))
    throw configurationProblem(request.place, `"${request.name}" could not be loaded: there is no such file`);
  try {
    const loaded: object = await import(url);
    return loaded;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw configurationProblem(request.place, `"${request.name}" could not be loaded: ${why}`, { cause });
  }
}

function isPath(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

function find({ place, name, from }: PackageRequest): string {
  if (isPath(name)) return pathToFileURL(resolvePath(from[0] ?? '.', name)).href;
  const packageName = /^(@[^/@\s]+\/)?[a-z0-9][^/@\s]*/.exec(name)?.[0];
  if (packageName === undefined || /[@\s]/.test(name.slice(packageName.length))) {
    throw configurationProblem(place, `"${name}" is neither a package's name nor a path that starts with "./"`);
  }
  for (const folder of from) {
    try {
      return resolve(name, resolvingFrom(folder));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      // Another message means that the package is there and broken: looking elsewhere would hide it.
      if (!why.startsWith(`Cannot find package '${packageName}'`)) {
        throw configurationProblem(place, `"${name}" cannot be used: ${why}`, { cause });
      }
    }
  }
  const hint = packageName.startsWith('@') ? '' : ' (Sluice\'s own packages are called "@sluice/…")';
  throw configurationProblem(place, `the package is not installed: npm install ${packageName}${hint}`);
}
