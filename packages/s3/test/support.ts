import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { SourceContext, StagingContext } from '@sluice/core/adapter';
// What an application is given on Node, which no package sees.
import { readHttp } from '../../core/dist/platform/node-bytes/read-http.js';

/** A store that a test runs against. */
export interface Store {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export const bucket = 'media';

/** A bucket, filled by somebody else. */
export async function fill(store: Store, objects: Record<string, Uint8Array>): Promise<void> {
  const { endpoint, region, accessKeyId, secretAccessKey } = store;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(() => undefined);
  for (const [Key, Body] of Object.entries(objects)) {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  }
  client.destroy();
}

/** What a source is given. */
export function sourceContext(more: Partial<SourceContext> = {}): SourceContext {
  return {
    signal: new AbortController().signal,
    resolve: async (host) => host,
    fetch: globalThis.fetch,
    read: readHttp({ otherwise: () => Promise.reject(new Error('an answer of a kind that is not known')) }),
    network: {},
    idleTimeoutMs: 5_000,
    ...more,
  };
}

/** What a staging bucket is given. */
export function stagingContext(more: Partial<StagingContext> = {}): StagingContext {
  return { signal: new AbortController().signal, now: () => Date.now(), fetch: globalThis.fetch, ...more };
}

/** An object's URL, with its keys. */
export function urlOf({ endpoint, accessKeyId, secretAccessKey }: Store, key: string): string {
  const keys = [accessKeyId, secretAccessKey].map(encodeURIComponent).join(':');
  return `s3://${keys}@${new URL(endpoint).host}/${bucket}/${encodeURI(key)}`;
}
