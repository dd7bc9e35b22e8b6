import type { AdapterRequest, Problem } from '../model/adapter.js';
import type { ParsedRequest } from '../model/request.js';
import { sourceScheme } from '../model/source.js';
import type { UploadWay } from '../model/upload.js';
import type { Provider } from './providers.js';
import { chooseWay, uploadWays } from './upload/ways.js';

/** How the bytes get from the source to the provider, and why so. */
export interface Route {
  kind: 'direct';
  why: string;
  /** For bytes: the way in which the provider takes them. */
  way?: UploadWay;
}

/** The route, or why there is none. */
export interface Chosen {
  route?: Route;
  problem?: Problem;
}

/** Chooses the route from what the adapter declares. The problem says what the way out is. */
export function chooseRoute(request: ParsedRequest, seen: AdapterRequest, provider: Provider): Chosen {
  const { adapter } = provider;
  const wish = request.route ?? 'auto';
  if (wish !== 'auto' && wish !== 'direct')
    return refusal('route', `"${wish}" is not available; leave it out, or say "direct"`);
  const { source } = request;
  if (source.kind === 'integration') {
    if (adapter.capabilities.integration !== true)
      return refusal('source', `${adapter.name} does not import from a connected bucket`);
    return { route: { kind: 'direct', why: `${adapter.name} reads the bucket that it was given` } };
  }
  if (source.kind === 'file' || source.kind === 'bytes') return bytesRoute(seen, source, provider);
  const taken = adapter.capabilities.url?.schemes ?? [];
  const scheme = sourceScheme(source);
  if (scheme !== undefined && taken.includes(scheme)) {
    return { route: { kind: 'direct', why: `${adapter.name} fetches ${scheme} URLs itself` } };
  }
  return refusal('source', `${adapter.name} takes ${taken.join(' and ')} URLs, not a ${scheme} URL; ${wayOut}`);
}

const wayOut = 'put the file where such a URL leads to it';

function bytesRoute(
  seen: AdapterRequest,
  { kind, size }: { kind: 'file' | 'bytes'; size?: number | undefined },
  provider: Provider,
): Chosen {
  const { adapter, members } = provider;
  const ways = uploadWays(provider);
  if (ways.length === 0) {
    const taken = adapter.capabilities.url?.schemes ?? [];
    return refusal(
      'source',
      `${adapter.name} takes ${taken.join(' and ')} URLs, not ${kind === 'file' ? 'a local file' : 'bytes'}; ${wayOut}`,
    );
  }
  const way = chooseWay(ways, { size, name: members.upload?.wish?.(seen) });
  if ('rule' in way)
    return { problem: { severity: 'error', field: 'source.size', message: `${adapter.name}: ${way.rule}` } };
  const why = `${adapter.name} takes ${size ?? 'so many'} bytes by its way "${way.name}"`;
  return { route: { kind: 'direct', why, way } };
}

function refusal(field: string, message: string): { problem: Problem } {
  return { problem: { severity: 'error', field, message } };
}
