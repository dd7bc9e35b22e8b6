import type { ConfiguredSource } from '../../model/define-source.js';
import { invalidInput } from '../../model/issues.js';
import type { Scheme } from '../../model/source.js';
import { isInstalled, loadSourcePackage } from './package.js';
import { configurationProblem } from './problem.js';
import type { ReadConfiguration } from './read.js';

/** A package that is used where it is installed, without being named. */
interface KnownPackage {
  name: string;
  schemes: readonly Scheme[];
  presigns: boolean;
}

const knownPackages: readonly KnownPackage[] = [
  { name: '@sluice/ftp', schemes: ['ftp', 'ftps'], presigns: false },
  { name: '@sluice/rsync', schemes: ['rsync', 'rsync+ssh'], presigns: false },
  { name: '@sluice/s3', schemes: ['s3'], presigns: true },
];

/**
 * What reads sources beyond http: the packages that the configuration names, with their settings, and those of ours that are
 * installed.
 * @param from folders to look from
 */
export async function openSources(
  { file, content }: ReadConfiguration,
  from: string[],
): Promise<readonly ConfiguredSource[]> {
  const named = Object.entries(content.sources ?? {});
  const opened = named.map(async ([field, { adapter, ...settings }]) => {
    const place = { file, field: `sources.${field}.adapter` };
    const factory = await loadSourcePackage({ place, name: adapter, from });
    const parsed = factory.source.settings.safeParse(settings);
    if (parsed.success) return factory(settings);
    const known = Object.keys(factory.source.settings.shape);
    throw configurationProblem({ file }, invalidInput(parsed.error, { prefix: `sources.${field}`, known }).message);
  });
  const names = new Set(named.map(([, { adapter }]) => adapter));
  const others = knownPackages.filter(({ name }) => !names.has(name) && isInstalled(name, from));
  const unnamed = others.map((one) => lazily(one, file, from));
  // The last one to claim a scheme has it: what is named goes before what is only there.
  return [...unnamed, ...(await Promise.all(opened))];
}

/** Loaded when the first such source is met: most runs meet none, and some packages are large. */
function lazily({ name, schemes, presigns }: KnownPackage, file: string, from: string[]): ConfiguredSource {
  let loading: Promise<ConfiguredSource> | undefined;
  const load = () => {
    loading ??= loadSourcePackage({ place: { file, field: 'sources' }, name, from }).then((factory) => factory());
    return loading;
  };
  const presign: ConfiguredSource['presign'] = async (url, { expiresInMs }) => {
    const { presign, longestPresignMs = Number.POSITIVE_INFINITY } = await load();
    if (presign === undefined) throw new Error(`${name} cannot presign`);
    return presign(url, { expiresInMs: Math.min(expiresInMs, longestPresignMs) });
  };
  return {
    name,
    schemes,
    look: async (url, context) => (await load()).look(url, context),
    open: async (url, context) => (await load()).open(url, context),
    ...(presigns && { presign }),
  };
}
