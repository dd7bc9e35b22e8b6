import type { AdapterContext, Intent, JsonValue, ProviderSnapshot, Recovered, Started } from '@sluice/core/adapter';
import { assetItem, assetPath } from './assets.js';
import { type IndexedMemo, type Reference, readIndexedMemo, readIndexInput } from './references.js';
import { type IndexedState, readCreatedIndexed, readIndexed, readIndexedOfAsset, readRaw } from './wire-shapes.js';

/** Before that, an asset may still be on its way into the index after a lost answer, in milliseconds. */
const settlesMs = 60_000;

const waiting = new Set(['pending', 'queued', 'indexing']);

/** Has TwelveLabs index an asset that is ready. */
export async function indexAsset(input: JsonValue, { http }: AdapterContext): Promise<Started> {
  const { indexing, facts } = readIndexInput(input);
  const { index, ...wishes } = indexing;
  const json = { asset_id: facts.asset, ...wishes };
  const answer = await http.call({ method: 'POST', path: `${indexPath(index)}/indexed-assets`, json });
  return startedIndexing(readCreatedIndexed(answer), { index, facts });
}

function startedIndexing(id: string, memo: IndexedMemo): Started {
  const ref: Reference = { indexed: id };
  return { ref, memo, snapshot: { state: 'queued', rawState: 'pending' } };
}

/** After a lost answer: the place of the asset in the index, if it has one. */
export async function recoverIndexing(intent: Intent, { http, now }: AdapterContext): Promise<Recovered> {
  const { indexing, facts } = readIndexInput(intent.input);
  const { index } = indexing;
  const path = `${assetPath(facts.asset)}/indexed-assets`;
  const places = readIndexedOfAsset(await http.call({ method: 'GET', path, query: { page_limit: 50 } }));
  const own = places?.find((place) => place.index === index);
  if (own !== undefined) return { found: 'started', ...startedIndexing(own.id, { index, facts }) };
  const early = now() < intent.savedAt + settlesMs;
  return { found: places === undefined || early ? 'unknown' : 'nothing' };
}

/** How an asset stands in its index. */
export async function lookAtIndexed(id: string, { http, memo }: AdapterContext): Promise<ProviderSnapshot> {
  const known = readIndexedMemo(memo);
  const path = `${indexPath(known.index)}/indexed-assets/${encodeURIComponent(id)}`;
  const answer = await http.call({ method: 'GET', path });
  return indexedSnapshot(readIndexed(answer), readRaw(answer), known);
}

/** The item is named by the indexed asset, and its asset is the asset. */
function indexedSnapshot(indexed: IndexedState, raw: JsonValue, { facts }: IndexedMemo): ProviderSnapshot {
  const { id: ref, status: rawState } = indexed;
  if (waiting.has(rawState)) return { state: rawState === 'indexing' ? 'running' : 'queued', rawState };
  if (rawState === 'failed') {
    const said = indexed.error ?? indexed.error_message ?? 'TwelveLabs gives no reason';
    const message = `the asset ${facts.asset} is there and could not be indexed: ${said}`;
    return { state: 'failed', rawState, message, items: [{ ok: false, ref, message }] };
  }
  if (rawState !== 'ready') return { state: 'running', rawState, unmapped: true };
  const url = streamOf(indexed);
  const durationSeconds = facts.durationSeconds ?? indexed.system_metadata?.duration ?? undefined;
  const more = {
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...(url !== undefined && { url }),
    raw,
  };
  return { state: 'completed', rawState, items: [assetItem(ref, facts, more)] };
}

function streamOf({ hls }: IndexedState): string | undefined {
  const url = hls?.video_url ?? '';
  return URL.canParse(url) && /^https?:/.test(url) ? url : undefined;
}

function indexPath(index: string): string {
  return `/indexes/${encodeURIComponent(index)}`;
}
