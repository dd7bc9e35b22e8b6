import type { JsonAnswer } from '../faults/broken-answer.js';
import { assetBody, ok, pageOf, refusal } from './answers.js';
import { createAsset } from './create-asset.js';
import type { Call, Endpoint } from './exchange.js';
import type { TwelvelabsState } from './twelvelabs-state.js';

/** POST, GET and DELETE of `/assets`, and where an asset is indexed. */
export function assetEndpoints(state: TwelvelabsState): Endpoint[] {
  return [
    { method: 'POST', path: '/assets', point: 'asset', answer: (call) => createAsset(state, call) },
    { method: 'GET', path: '/assets', point: 'asset-list', answer: (call) => list(state, call) },
    { method: 'GET', path: '/assets/:id', point: 'asset-status', answer: ({ id }) => find(state, id) },
    { method: 'DELETE', path: '/assets/:id', point: 'asset', answer: (call) => remove(state, call) },
    { method: 'GET', path: '/assets/:id/indexed-assets', point: 'asset-list', answer: (call) => places(state, call) },
  ];
}

/** The newest first; of a part of the name, in any case. */
function list({ assets }: TwelvelabsState, { query }: Call): JsonAnswer {
  const { filename = '', asset_ids } = query;
  const wanted = [...assets.values()]
    .reverse()
    .filter((asset) => asset.filename.toLowerCase().includes(filename.toLowerCase()))
    .filter(({ id }) => asset_ids === undefined || asset_ids.split(',').includes(id));
  const { items, page_info } = pageOf(wanted, query);
  return ok({ data: items.map(assetBody), page_info });
}

/** An id is reserved from the beginning of an upload, and known from its end. */
function find({ assets }: TwelvelabsState, id: string): JsonAnswer {
  const asset = assets.get(id);
  return asset ? ok(assetBody(asset)) : noAsset(id);
}

function remove({ assets, indexed }: TwelvelabsState, { id, query }: Call): JsonAnswer {
  if (!assets.has(id)) return noAsset(id);
  const isIndexed = [...indexed.values()].some(({ assetId }) => assetId === id);
  if (isIndexed && query.force !== 'true') {
    return refusal(409, 'asset_in_use', 'Indexed assets reference this asset');
  }
  assets.delete(id);
  return ok(undefined, 204);
}

function places({ assets, indexed, indexes }: TwelvelabsState, { id, query }: Call): JsonAnswer {
  if (!assets.has(id)) return noAsset(id);
  const own = [...indexed.values()].filter(({ assetId }) => assetId === id);
  const { items, page_info } = pageOf(own, query);
  const data = items.map((one) => ({
    _id: one.id,
    index: { _id: one.indexId, name: indexes.get(one.indexId)?.name ?? '' },
  }));
  return ok({ data, page_info });
}

/** What whoever names no asset is told. */
export function noAsset(id: string): JsonAnswer {
  return refusal(404, 'resource_not_exists', `Asset with id ${id} does not exist`);
}
