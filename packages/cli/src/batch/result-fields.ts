import type { ErrorFields, ImportSnapshot, JsonValue } from '@sluice/core';
import { errorOf } from '../outcome.js';

/** What a result says of a row, by its columns. */
export type ResultFields = Record<'job' | 'state' | 'asset_id' | 'asset_url' | 'error_code' | 'error_message', string>;

/** Of a row that has a job. */
export function fieldsOf(snapshot: ImportSnapshot): ResultFields {
  const { id, state, items } = snapshot;
  const assets = items.flatMap((item) => (item.ok ? [item.asset] : []));
  const error = errorOf(snapshot);
  return {
    job: id,
    state,
    asset_id: assets.map((asset) => asset.id).join(' '),
    asset_url: assets.flatMap(({ url }) => url ?? []).join(' '),
    error_code: error?.code ?? '',
    error_message: error?.message ?? '',
  };
}

/** Of a row that has none. */
export function refusedFields({ code, message }: Pick<ErrorFields, 'code' | 'message'>): ResultFields {
  return { job: '', state: 'refused', asset_id: '', asset_url: '', error_code: code, error_message: message };
}

/** Of a row that says itself that it is done. */
export function carriedFields(cells: Readonly<Record<string, JsonValue>>): ResultFields {
  const text = (name: string) => (typeof cells[name] === 'string' ? cells[name] : '');
  return {
    job: text('job'),
    state: text('state'),
    asset_id: text('asset_id'),
    asset_url: text('asset_url'),
    error_code: text('error_code'),
    error_message: text('error_message'),
  };
}
