import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { UploadStore } from './upload-bucket.js';

/** How a place in the bucket is signed. */
export interface Signing {
  store: UploadStore;
  /** The address that clients are given, without a slash at its end. */
  door: string;
  /** By the clock that signatures are checked by: ms since the epoch. */
  now: number;
  /** How long it works. */
  seconds: number;
}

/** A presigned PUT, for the query of a part. */
export async function presignPut(
  { store, door, now, seconds }: Signing,
  key: string,
  query: Record<string, string>,
): Promise<string> {
  const { region, accessKeyId, secretAccessKey } = store;
  const credentials = { accessKeyId, secretAccessKey };
  // S3 signs the path as it is on the wire, unlike every other service.
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false });
  const { protocol, host } = new URL(door);
  const path = `/${store.bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const toSign = {
    method: 'PUT',
    protocol,
    hostname: host,
    path,
    query,
    headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  };
  const signed = await signer.presign(toSign, {
    signingDate: new Date(now),
    expiresIn: Math.max(1, Math.round(seconds)),
    unsignableHeaders: new Set(['x-amz-content-sha256']),
    unhoistableHeaders: new Set(['x-amz-content-sha256']),
  });
  const parameters = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  return `${door}${path}?${parameters.join('&')}`;
}
