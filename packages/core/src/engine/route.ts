import type { Problem } from '../model/adapter.js';
import type { ParsedRequest } from '../model/request.js';
import { sourceScheme } from '../model/source.js';
import type { Provider } from './providers.js';

/** How the bytes get from the source to the provider, and why so. */
export interface Route {
  kind: 'direct';
  why: string;
}

/** Chooses the route from what the adapter declares. The problem says what the way out is. */
export function chooseRoute(request: ParsedRequest, provider: Provider): { route?: Route; problem?: Problem } {
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
  const taken = adapter.capabilities.url?.schemes ?? [];
  const scheme = sourceScheme(source);
  if (scheme !== undefined && taken.includes(scheme)) {
    return { route: { kind: 'direct', why: `${adapter.name} fetches ${scheme} URLs itself` } };
  }
  const what = scheme === undefined ? 'a local file' : `a ${scheme} URL`;
  return refusal(
    'source',
    `${adapter.name} takes ${taken.join(' and ')} URLs, not ${what}; put the file where such a URL leads to it`,
  );
}

function refusal(field: string, message: string): { problem: Problem } {
  return { problem: { severity: 'error', field, message } };
}
