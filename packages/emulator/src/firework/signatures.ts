import { ALGORITHM, amzDate, signText } from '../object-store/signing-key.js';
import { presignPut } from '../uploads/presign.js';
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
  const signing = { ...state.bucket, now: signingTime(state), seconds: state.settings.signatureLifetimeMinutes * 60 };
  return Promise.all(
    numbers.map(async (part) => ({
      part,
      signature: { put_url: await presignPut(signing, key, { partNumber: String(part), uploadId }), key },
    })),
  );
}
