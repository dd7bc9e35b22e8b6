import type { Asset, ImportItem } from '../model/item.js';
import type { JobRecord, RecordSecrets, UploadRecord } from '../model/record.js';
import { findSecrets, redactUrl, urlSecrets } from '../model/redact.js';
import type { Source } from '../model/source.js';

/**
 * Takes a record apart for a durable store: `open` can be read by anybody who opens the file, `secret` is to be sealed.
 * What is secret: the request (source URLs carry credentials, options carry webhook URLs), an asset's URL where it is signed,
 * and the provider's raw answer.
 */
export function splitRecord(record: JobRecord): { open: JobRecord; secret: RecordSecrets | undefined } {
  const { request, upload, callback, ...rest } = record;
  const signed = upload?.signed;
  const callbackToken = callback?.token;
  const assets = record.items.map((item) => (item.ok ? assetSecrets(item.asset) : {}));
  const someAsset = assets.some((asset) => Object.keys(asset).length > 0);
  const open: JobRecord = {
    ...rest,
    ...(upload !== undefined && { upload: unsigned(upload) }),
    ...(callback !== undefined && { callback: { hash: callback.hash } }),
    ...(someAsset && { items: record.items.map(openItem) }),
  };
  const secret: RecordSecrets = {
    ...(request !== undefined && { request }),
    ...(callbackToken !== undefined && { callbackToken }),
    ...(signed !== undefined && { signed }),
    ...(someAsset && { assets }),
  };
  return { open, secret: Object.keys(secret).length > 0 ? secret : undefined };
}

/** Puts together what {@link splitRecord} took apart. */
export function joinRecord(open: JobRecord, secret: RecordSecrets | undefined): JobRecord {
  if (secret === undefined) return open;
  const items = open.items.map((item, index): ImportItem => {
    const hidden = secret.assets?.[index];
    return item.ok && hidden !== undefined ? { ...item, asset: { ...item.asset, ...hidden } } : item;
  });
  const { upload, callback, ...rest } = open;
  const token = secret.callbackToken;
  return {
    ...rest,
    items,
    ...(upload !== undefined && {
      upload: { ...upload, ...(secret.signed !== undefined && { signed: secret.signed }) },
    }),
    ...(callback !== undefined && { callback: { ...callback, ...(token !== undefined && { token }) } }),
    ...(secret.request !== undefined && { request: secret.request }),
  };
}

/** Everything secret in a job and in its provider's settings, to be taken out of every text about it. */
export function jobSecrets({ secrets }: { secrets: readonly string[] }, record: JobRecord): string[] {
  return [...secrets, ...recordSecrets(record)];
}

/** Of a job alone. */
function recordSecrets(record: JobRecord): string[] {
  const { request, callback } = record;
  const token = callback?.token === undefined ? [] : [callback.token];
  if (request === undefined) return token;
  const fromSource = urlsOf(request.source).flatMap(urlSecrets);
  return [...token, ...fromSource, ...findSecrets(request.options ?? {}), ...findSecrets(request.metadata ?? {})];
}

function urlsOf(source: Source): string[] {
  if (source.kind === 'url') return [source.url];
  return source.kind === 'integration' ? (source.files ?? []).flatMap(({ source: one }) => urlsOf(one)) : [];
}

function assetSecrets(asset: Asset): { url?: string; raw?: NonNullable<Asset['raw']> } {
  return {
    ...(asset.url !== undefined && redactUrl(asset.url) !== asset.url && { url: asset.url }),
    ...(asset.raw !== undefined && asset.raw !== null && { raw: asset.raw }),
  };
}

function unsigned({ signed: _sealed, ...upload }: UploadRecord): UploadRecord {
  return upload;
}

function openItem(item: ImportItem): ImportItem {
  if (!item.ok) return item;
  const { raw: _sealed, ...asset } = item.asset;
  return { ...item, asset: { ...asset, ...(asset.url !== undefined && { url: redactUrl(asset.url) }) } };
}
