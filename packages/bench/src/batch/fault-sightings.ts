import type { Emulator } from '@sluice/emulator';
import type { FaultRow } from './fault-rows.js';

/** What the emulator saw of the calls that begin an import: how many came, and how many it took. */
export interface Starts {
  provider: FaultRow['provider'];
  arrived: number;
  accepted: number;
}

/** What the emulator saw of a batch. */
export interface Sightings {
  starts: Starts[];
  /** How often each row's start came, by the row's name. */
  attempts: Map<string, number>;
  /** How often each row was imported, by the row's name. */
  imports: Map<string, number>;
  /** The most looks at one import, and at one of Firework's. */
  looks: number;
}

/** Reads what the emulator has on its books. */
export function sightingsOf(emulator: Emulator): Sightings {
  const { importly, firework, videoCdn, twelvelabs } = emulator;
  const whole = new Map(twelvelabs.assets().map(({ id, filename }) => [id, filename]));
  return {
    starts: [
      { provider: 'media', arrived: importly.counts().starts, accepted: importly.counts().startsAccepted },
      { provider: 'cdn', arrived: videoCdn.counts().add, accepted: videoCdn.counts().filesAccepted },
      { provider: 'shop', arrived: firework.counts().create, accepted: firework.counts().videosCreated },
      {
        provider: 'search',
        arrived: twelvelabs.counts()['index-asset'] + twelvelabs.counts().import,
        accepted: twelvelabs.counts().indexedCreated + twelvelabs.counts().importsStarted,
      },
    ],
    attempts: counted([
      ...importly.requests().flatMap(({ endpoint, parameters }) => (endpoint === '/import' ? [parameters] : [])),
      ...videoCdn.requests().flatMap(({ endpoint, parameters }) => (endpoint === 'add' ? [parameters] : [])),
      ...firework.requests().flatMap(({ path, body }) => (path === '/api/v1/videos' ? [body] : [])),
      ...twelvelabs.requests().flatMap(({ path, method, body }) => (isAsset(method, path) ? [body] : [])),
    ]),
    imports: counted([
      ...importly.imports().map(({ request }) => request.url),
      ...videoCdn.order(),
      ...firework.videos().map(({ caption }) => caption),
      ...twelvelabs.indexed().map(({ assetId }) => whole.get(assetId)),
    ]),
    looks: Math.max(0, ...importly.imports().map(({ statusCalls }) => statusCalls)),
  };
}

function isAsset(method: string, path: string): boolean {
  return method === 'POST' && (path === '/assets' || path === '/assets/multipart-uploads');
}

/** By the name of the row that something speaks of, wherever it does. */
function counted(spoken: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of spoken) {
    const name = /row-\d{6}\.mp4/.exec(JSON.stringify(one) ?? '')?.[0];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
