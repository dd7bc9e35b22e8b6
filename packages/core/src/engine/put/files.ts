import type { BytesState } from '../../model/bytes.js';
import type { ConfiguredStaging } from '../../model/define-staging.js';
import { SluiceError } from '../../model/error.js';
import type { JobRecord } from '../../model/record.js';
import type { BucketFile } from '../../model/source.js';
import type { Step } from '../step.js';
import { textDigest } from '../text-digest.js';

/** The files that a job puts into a bucket; none for any other job. */
export function filesOf({ request }: Pick<JobRecord, 'request'>): BucketFile[] {
  const source = request?.source;
  return source?.kind === 'integration' ? (source.files ?? []) : [];
}

/** The file whose turn it is; undefined once something has become of each. */
export function nextFile(record: Pick<JobRecord, 'request' | 'put'>): BucketFile | undefined {
  const done = new Set(record.put?.files.map(({ name }) => name));
  return filesOf(record).find(({ name }) => !done.has(name));
}

/** The bucket that the job's files go into. @throws SluiceError `unsupported` in a process that has none for it */
export function bucketOf({ record, provider }: Pick<Step, 'record' | 'provider'>): ConfiguredStaging {
  const { id, put } = record;
  const bucket = provider.buckets[put?.integration ?? ''];
  if (bucket !== undefined) return bucket;
  throw new SluiceError({
    code: 'unsupported',
    message: `job ${id} puts files into the bucket of the integration ${put?.integration}, and none is configured here; name it under "providers.${provider.name}.buckets"`,
    provider: provider.name,
  });
}

/** By which an object is known again as a copy of this source as it is now. It tells nothing of it. */
export function markOf({ size, fingerprint }: BytesState): Promise<string> {
  return textDigest(`${size} ${fingerprint}`);
}
