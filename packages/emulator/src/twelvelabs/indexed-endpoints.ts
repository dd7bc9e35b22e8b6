import * as z from 'zod';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { indexedBody, ok, pageOf, refusal } from './answers.js';
import { noAsset } from './asset-endpoints.js';
import type { Call, Endpoint } from './exchange.js';
import { objectId } from './ids.js';
import { noIndex } from './index-endpoints.js';
import { invalid, metadataSchema } from './metadata.js';
import { whatIsUnmet } from './prerequisites.js';
import type { EmulatedAsset, EmulatedIndex, EmulatedIndexedAsset } from './things.js';
import { runTask, type TwelvelabsState } from './twelvelabs-state.js';

const createSchema = z.object({
  asset_id: z.string().min(1),
  enable_video_stream: z.boolean().nullish(),
  user_metadata: metadataSchema,
});

const BASE = '/indexes/:id/indexed-assets';

/** POST, GET and DELETE of an index's assets. */
export function indexedEndpoints(state: TwelvelabsState): Endpoint[] {
  return [
    { method: 'POST', path: BASE, point: 'index-asset', answer: (call) => create(state, call) },
    { method: 'GET', path: BASE, point: 'indexed-status', answer: (call) => list(state, call) },
    { method: 'GET', path: `${BASE}/:second`, point: 'indexed-status', answer: (call) => find(state, call) },
    { method: 'DELETE', path: `${BASE}/:second`, point: 'index-asset', answer: (call) => remove(state, call) },
  ];
}

function create(state: TwelvelabsState, { id, body }: Call): JsonAnswer {
  const read = createSchema.safeParse(body);
  if (!read.success) return invalid(read.error);
  const { asset_id: assetId, enable_video_stream, user_metadata } = read.data;
  const index = state.indexes.get(id);
  if (!index) return noIndex(id);
  const asset = state.assets.get(assetId);
  if (!asset) return noAsset(assetId);
  if (asset.status !== 'ready') return refusal(400, 'asset_not_ready', `The asset is ${asset.status}`);
  const indexed: EmulatedIndexedAsset = {
    id: objectId(),
    indexId: id,
    assetId,
    status: 'pending',
    createdAt: state.rooms.clock.now(),
    indexedAt: null,
    stream: enable_video_stream ?? false,
    metadata: user_metadata ?? {},
  };
  state.indexed.set(indexed.id, indexed);
  state.ledger.count('indexedCreated');
  runTask(state, () => runIndexing(state, { indexed, asset, index }));
  return ok({ _id: indexed.id, asset_id: assetId }, 202);
}

async function runIndexing(
  state: TwelvelabsState,
  { indexed, asset, index }: { indexed: EmulatedIndexedAsset; asset: EmulatedAsset; index: EmulatedIndex },
): Promise<void> {
  const { clock, closing, faults } = state.rooms;
  const { pendingMs, queuedMs, indexingMs } = state.settings.pace;
  const { delayMs, rule } = faults.draw('indexing', 'before', asset.filename);
  await clock.sleep(pendingMs, closing);
  indexed.status = 'queued';
  await clock.sleep(queuedMs, closing);
  indexed.status = 'indexing';
  if (rule?.kind === 'stall') return;
  await clock.sleep(indexingMs + delayMs, closing);
  const unmet = whatIsUnmet({ ...asset, size: asset.size ?? 0 }, state.settings.prerequisites);
  const error = rule?.kind === 'failure' ? 'The video could not be indexed' : unmet;
  indexed.indexedAt = clock.now();
  indexed.status = error === undefined ? 'ready' : 'failed';
  if (error !== undefined) indexed.error = error;
  else if (asset.sha256 !== undefined) index.digests.push(asset.sha256);
  state.webhooks.send(`index.task.${indexed.status}`, { id: indexed.id, indexId: index.id });
}

function list(state: TwelvelabsState, { id, query }: Call): JsonAnswer {
  if (!state.indexes.has(id)) return noIndex(id);
  const own = [...state.indexed.values()].reverse().filter(({ indexId }) => indexId === id);
  const { items, page_info } = pageOf(own, query);
  return ok({ data: items.map((one) => bodyOf(state, one)), page_info });
}

function find(state: TwelvelabsState, { id, second }: Call): JsonAnswer {
  const indexed = state.indexed.get(second);
  return indexed?.indexId === id ? ok(bodyOf(state, indexed)) : noIndexed(second);
}

function remove({ indexed }: TwelvelabsState, { second }: Call): JsonAnswer {
  return indexed.delete(second) ? ok(undefined, 204) : noIndexed(second);
}

function bodyOf({ assets, rooms }: TwelvelabsState, indexed: EmulatedIndexedAsset) {
  return indexedBody(indexed, assets.get(indexed.assetId), `${rooms.url}/twelvelabs`);
}

function noIndexed(id: string): JsonAnswer {
  return refusal(404, 'resource_not_exists', `Indexed asset with id ${id} does not exist`);
}
