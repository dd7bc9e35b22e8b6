import type { AdapterRequest, Problem } from '../model/adapter.js';
import type { RouteKind } from '../model/record.js';
import type { ParsedRequest } from '../model/request.js';
import { type BucketFile, type Source, sourceScheme } from '../model/source.js';
import type { UploadWay } from '../model/upload.js';
import type { Provider } from './providers.js';
import { type Sources, unreadable } from './sources.js';
import { chooseWay, uploadWays } from './upload/ways.js';

/** How the bytes get from the source to the provider, and why so. */
export interface Route {
  kind: RouteKind;
  why: string;
  /** For bytes that are brought to the provider: the way in which it takes them. */
  way?: UploadWay;
  /** What passes through this machine: nothing, the bytes once on their way out, or once in and once out. */
  traffic: 'none' | 'out' | 'in and out';
}

/** The route, or why there is none. */
export interface Chosen {
  route?: Route;
  problem?: Problem;
}

/** What this side can do for a source, besides what the adapter declares. */
export interface Means {
  sources: Sources;
  /** Whether a staging bucket is configured. */
  staging: boolean;
}

/** One way to go: possible, or why it is not and what would make it so. */
interface Candidate {
  kind: RouteKind;
  why: string;
  traffic: Route['traffic'];
  /** Absent when the route can be taken. */
  lacks?: string;
  /** The bytes are brought to the provider. */
  uploads?: boolean;
}

/** Chooses the route from what the adapter declares and what this side can do: the one that moves the fewest bytes. */
export function chooseRoute(
  request: ParsedRequest,
  seen: AdapterRequest,
  options: { provider: Provider; means: Means },
): Chosen {
  const { provider, means } = options;
  const wish = request.route ?? 'auto';
  const candidates = candidatesFor(request.source, provider, means);
  const wished = candidates.filter(({ kind }) => wish === 'auto' || kind === wish);
  const taken = wished.find(({ lacks }) => lacks === undefined);
  if (taken !== undefined) return withWay(taken, { request, seen, provider });
  return refusal(request.source, provider, { wish, wished, candidates });
}

function candidatesFor(source: Source, provider: Provider, means: Means): Candidate[] {
  const { name, capabilities } = provider.adapter;
  if (source.kind === 'integration') {
    if (source.files !== undefined) return [put(source.id, source.files, { provider, means })];
    const why = `${name} reads the bucket that it was given`;
    const lacks = capabilities.integration === true ? {} : { lacks: `${name} does not import from a connected bucket` };
    return [{ kind: 'direct', why, traffic: 'none', ...lacks }];
  }
  if (source.kind === 'file' || source.kind === 'bytes') return forBytes(source, provider, means);
  return forUrl(sourceScheme(source) ?? '', provider, means);
}

/** Files that are put into the bucket that the provider imports from. */
function put(id: string, files: BucketFile[], { provider, means }: { provider: Provider; means: Means }): Candidate {
  const { adapter, buckets, name } = provider;
  const bucket = buckets[id];
  const far = files.flatMap(({ source }) => sourceScheme(source) ?? []);
  const unread = far.find((scheme) => !means.sources.canOpen(scheme));
  const lacks =
    adapter.capabilities.integration !== true
      ? `${adapter.name} does not import from a connected bucket`
      : bucket === undefined
        ? `no bucket is configured for the integration ${id}; name the one that it imports from under "providers.${name}.buckets.${id}"`
        : unread === undefined
          ? undefined
          : unreadable(unread);
  return {
    kind: 'put',
    why: `${adapter.name} imports from ${bucket?.place ?? 'a bucket'}: the files are put there first, and stay there`,
    traffic: far.length === 0 ? 'out' : 'in and out',
    ...(lacks !== undefined && { lacks }),
  };
}

function forBytes({ kind }: Source, provider: Provider, means: Means): Candidate[] {
  const { name } = provider.adapter;
  const what = kind === 'file' ? 'a local file' : 'bytes';
  const takesBytes = uploadWays(provider).length > 0;
  const direct: Candidate = { kind: 'direct', why: `${name} takes bytes`, traffic: 'out', uploads: true };
  return [
    takesBytes ? direct : { ...direct, lacks: `${name} takes ${urlsOf(provider)}, not ${what}` },
    staged(provider, means, 'out'),
  ];
}

function forUrl(scheme: string, provider: Provider, means: Means): Candidate[] {
  const { name } = provider.adapter;
  const schemes: readonly string[] = provider.adapter.capabilities.url?.schemes ?? [];
  const readable = means.sources.canOpen(scheme) ? {} : { lacks: unreadable(scheme) };
  const fetches = { kind: 'direct', why: `${name} fetches ${scheme} URLs itself`, traffic: 'none' } as const;
  const presigned = {
    kind: 'presign',
    why: `${name} fetches the object through a presigned URL`,
    traffic: 'none',
  } as const;
  const relayed = {
    kind: 'relay',
    why: `${name} takes bytes: they are read from the source and passed on, with nothing kept here`,
    traffic: 'in and out',
    uploads: true,
  } as const;
  const canPresign = means.sources.canPresign(scheme) && schemes.includes('https');
  const takesBytes = uploadWays(provider).length > 0;
  const stage = staged(provider, means, 'in and out');
  return [
    schemes.includes(scheme)
      ? fetches
      : { ...fetches, lacks: `${name} takes ${urlsOf(provider)}, not ${article(scheme)} URL` },
    canPresign ? presigned : { ...presigned, lacks: `${article(scheme)} URL cannot be presigned for ${name}` },
    takesBytes ? { ...relayed, ...readable } : { ...relayed, lacks: `${name} takes no bytes` },
    stage.lacks === undefined ? { ...stage, ...readable } : stage,
  ];
}

function staged({ adapter }: Provider, means: Means, traffic: Route['traffic']): Candidate {
  const stage = { kind: 'stage', why: `${adapter.name} fetches the bytes from the staging bucket`, traffic } as const;
  if (adapter.capabilities.url?.schemes.includes('https') !== true) {
    return { ...stage, lacks: `${adapter.name} fetches no https URL` };
  }
  return means.staging ? stage : { ...stage, lacks: 'no staging bucket is configured; name one under "staging"' };
}

function urlsOf({ adapter }: Provider): string {
  const schemes = adapter.capabilities.url?.schemes ?? [];
  const last = schemes.at(-1);
  if (last === undefined) return 'no URLs';
  return schemes.length === 1 ? `${last} URLs` : `${schemes.slice(0, -1).join(', ')} and ${last} URLs`;
}

function article(scheme: string): string {
  return /^(?:ftp|s3)/.test(scheme) ? `an ${scheme}` : `a ${scheme}`;
}

function withWay(
  { kind, why, traffic, uploads = false }: Candidate,
  { request, seen, provider }: { request: ParsedRequest; seen: AdapterRequest; provider: Provider },
): Chosen {
  if (!uploads) return { route: { kind, why, traffic } };
  const { source } = request;
  const size = source.kind === 'file' || source.kind === 'bytes' ? source.size : seen.size;
  const { adapter, members } = provider;
  const way = chooseWay(uploadWays(provider), { size, name: members.upload?.wish?.(seen) });
  if ('rule' in way) {
    return { problem: { severity: 'error', field: 'source.size', message: `${adapter.name}: ${way.rule}` } };
  }
  const reason = kind === 'direct' ? `${adapter.name} takes ${size ?? 'so many'} bytes by its way "${way.name}"` : why;
  return { route: { kind, why: reason, traffic, way } };
}

/** What stands in the way of each route that was looked at, and so what would open one. */
function refusal(
  source: Source,
  provider: Provider,
  { wish, wished, candidates }: { wish: string; wished: Candidate[]; candidates: Candidate[] },
): Chosen {
  const reasons = (list: Candidate[]) => [...new Set(list.flatMap(({ lacks }) => lacks ?? []))].join('; ');
  if (wish === 'auto')
    return problem('source', reasons(candidates.filter(({ kind }) => kind !== 'presign' || source.kind !== 'url')));
  if (wished.length > 0) return problem('route', `"${wish}" cannot be taken: ${reasons(wished)}`);
  const kinds = candidates.map(({ kind }) => kind).join(', ');
  return problem(
    'route',
    `"${wish}" does not exist for this source to ${provider.adapter.name}; there may be ${kinds}`,
  );
}

function problem(field: string, message: string): Chosen {
  return { problem: { severity: 'error', field, message } };
}
