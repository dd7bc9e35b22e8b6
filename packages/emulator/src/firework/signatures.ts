import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { ALGORITHM, amzDate, signText } from '../object-store/signing-key.js';
import type { FireworkState } from './firework-state.js';
import { signingTime } from './firework-state.js';
import type { EmulatedUpload } from './upload-session.js';

/** Signs one form upload: the answer of POST /api/v1/upload_signatures (page, 4.4). */
export function signForm(state: FireworkState, { key, mimeType }: EmulatedUpload) {
  const { store, door } = state.bucket;
  const { signatureLifetimeMinutes, minimumBytes, maximumBytes } = state.settings;
  const now = signingTime(state);
  const date = amzDate(now);
  const scope = [date.slice(0, 8), store.region, 's3', 'aws4_request'];
  const credential = [store.accessKeyId, ...scope].join('/');
  const policy = {
    expiration: new Date(now + signatureLifetimeMinutes * 60_000).toISOString(),
    conditions: [
      { bucket: store.bucket },
      { key },
      { acl: 'private' },
      { 'x-amz-algorithm': ALGORITHM },
      { 'x-amz-credential': credential },
      { 'x-amz-date': date },
      ['eq', '$Content-Type', mimeType],
      ['content-length-range', minimumBytes, maximumBytes],
    ],
  };
  const encoded = Buffer.from(JSON.stringify(policy)).toString('base64');
  return {
    key,
    post_url: `${door}/${store.bucket}`,
    policy: encoded,
    signature: signText(store.secretAccessKey, scope, encoded),
    date,
    credential,
    algorithm: ALGORITHM,
    acl: 'private',
  };
}

/** Signs the PUTs of all parts: the `parts` of POST /api/v1/upload_multipart/signatures (page, 5.1.3). */
export function signParts(state: FireworkState, { key, uploadId = '', partsCount = 0 }: EmulatedUpload) {
  const numbers = Array.from({ length: partsCount }, (_, index) => index + 1);
  return Promise.all(
    numbers.map(async (part) => ({
      part,
      signature: { put_url: await presignPut(state, key, { partNumber: String(part), uploadId }), key },
    })),
  );
}

async function presignPut(state: FireworkState, key: string, query: Record<string, string>): Promise<string> {
  const { store, door } = state.bucket;
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
    signingDate: new Date(signingTime(state)),
    expiresIn: Math.max(1, Math.round(state.settings.signatureLifetimeMinutes * 60)),
    unsignableHeaders: new Set(['x-amz-content-sha256']),
    unhoistableHeaders: new Set(['x-amz-content-sha256']),
  });
  const parameters = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  return `${door}${path}?${parameters.join('&')}`;
}
