import type { ErrorFields } from '../../model/error.js';
import type { ImportItem, ReportedItem } from '../../model/item.js';
import type { JobRecord, PutFile } from '../../model/record.js';
import type { Provider } from '../providers.js';
import { checkItems, type Verified } from '../verify.js';
import { filesOf } from './files.js';

/**
 * The items of a job that put files into a bucket: one a file, in their order, whatever became of it. What arrived in the bucket was
 * looked at there; what the provider measured of it is held against that.
 * @param final every file has its outcome now
 */
export function putItems(
  record: JobRecord,
  reported: ReportedItem[],
  { provider, final }: { provider: Pick<Provider, 'name'>; final: boolean },
): Verified {
  const byName = new Map(reported.map((item) => [item.ref, item]));
  const items = (record.put?.files ?? []).flatMap((file): ImportItem[] => {
    if ('error' in file) return [{ ok: false, ref: file.name, error: file.error }];
    const item = byName.get(file.name);
    if (item !== undefined) return [checked(record, { file, item, provider })];
    if (!final) return [];
    const message = `${provider.name}: it stands in the bucket, and the provider says nothing of it`;
    return [{ ok: false, ref: file.name, error: { code: 'protocol', message, retry: 'later' } }];
  });
  return { items, warnings: [] };
}

type Standing = Extract<PutFile, { outcome: string }>;

function checked(
  record: JobRecord,
  { file, item, provider }: { file: Standing; item: ReportedItem; provider: Pick<Provider, 'name'> },
): ImportItem {
  const { size, sha256, outcome } = file;
  const measured = { size, ...(sha256 !== undefined && { sha256 }) };
  const [made] = checkItems({ ...record, measured }, [item], provider).items;
  if (made === undefined) throw new Error('an item was reported');
  if (!made.ok) return made;
  const { checks } = made;
  // Of what was sent here, the bucket told the size.
  const isSeen = outcome !== 'existing' && checks.size.outcome === 'unchecked';
  const seen = { outcome: 'match', expected: size, actual: size } as const;
  return { ...made, outcome, checks: isSeen ? { ...checks, size: seen } : checks };
}

/** The items of such a job that failed: what each file had come to by then, else the job's own error. */
export function failedItems(record: JobRecord, { code, message, retry }: ErrorFields): ImportItem[] {
  const known = new Map(record.items.map((item) => [item.ref, item]));
  return filesOf(record).map(
    ({ name }) => known.get(name) ?? { ok: false, ref: name, error: { code, message, retry } },
  );
}
