import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startCeph } from '@sluice/test-servers';
import type { UploadStore } from './firework-emulator.js';

/** A Ceph gateway that keeps what it is sent, in memory, with nothing in it yet. */
export async function withRealStore<T>(use: (store: UploadStore) => Promise<T>): Promise<T> {
  const { stop, ...gateway } = await startCeph();
  try {
    const store = { ...gateway, bucket: 'bucket' };
    await createBucket(store);
    return await use(store);
  } finally {
    await stop();
  }
}

async function createBucket({ endpoint, region, bucket, ...credentials }: UploadStore): Promise<void> {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}
