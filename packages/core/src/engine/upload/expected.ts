import { SluiceError } from '../../model/error.js';
import type { JobRecord } from '../../model/record.js';

/** The sha-256 that must arrive; one that is to be computed is known once the source was read. */
export function expectedDigest({ request, measured }: Pick<JobRecord, 'request' | 'measured'>): string | undefined {
  const expected = request?.expect?.sha256;
  return expected === 'compute' ? measured?.sha256 : expected;
}

/** @throws SluiceError `integrity` when the bytes that were read are not those that the request expects */
export function assertExpected(record: JobRecord, sha256: string | undefined): void {
  const expected = expectedDigest(record);
  if (expected === undefined || sha256 === undefined || expected === sha256) return;
  const message = `${record.display.source}: sha-256 is ${sha256}, expected ${expected}; nothing was created`;
  throw new SluiceError({ code: 'integrity', message, provider: record.provider });
}
