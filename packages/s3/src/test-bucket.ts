import { SluiceError, type StagingContext } from '@sluice/core/adapter';
import type { StagingBucket } from './staging-bucket.js';

/**
 * Puts, looks at, fetches, lists and removes a small object, as a job that stages does.
 * @returns each step that fails, in words that say what to mend; empty when all is well
 */
export async function testBucket(bucket: StagingBucket, context: StagingContext): Promise<string[]> {
  const content = new TextEncoder().encode('Sluice was here to test the bucket. This object can be removed.\n');
  const problems: string[] = [];
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (context.signal.aborted) throw error;
      problems.push(`${what}: ${SluiceError.is(error) ? error.message : String(error)}`);
      return undefined;
    }
  };
  const object = await step('put an object', () => bucket.put(`test-${crypto.randomUUID()}`, content, context));
  // Where nothing can be put, the first reason is the one to mend.
  if (object === undefined) return problems;
  await step('fetch it by a presigned URL', () =>
    fetchPresigned(bucket, object, { context, size: content.byteLength }),
  );
  await step('list the objects, for sluice gc', () => bucket.objects(context).next());
  await step('list the open uploads, for sluice gc', () => bucket.openUploads(context).next());
  await step('begin an upload in parts', () => beginAndAbort(bucket, context));
  await step('remove it', () => bucket.remove(object, context));
  return problems;
}

async function fetchPresigned(
  bucket: StagingBucket,
  object: Awaited<ReturnType<StagingBucket['put']>>,
  { context, size }: { context: StagingContext; size: number },
): Promise<void> {
  const url = await bucket.presign(object, { expiresInMs: 60_000 });
  const answer = await context.fetch(url, { signal: context.signal });
  const { byteLength } = await answer.arrayBuffer();
  if (answer.ok && byteLength === size) return;
  const message = `${bucket.place}: HTTP ${answer.status}; the credentials need s3:GetObject, and the bucket's policy must allow it`;
  throw new SluiceError({ code: 'auth', message });
}

async function beginAndAbort(bucket: StagingBucket, context: StagingContext): Promise<void> {
  const { session } = await bucket.begin({ name: `test-${crypto.randomUUID()}`, size: 1 }, context);
  await bucket.abort(session, context);
}
